import { describe, expect, it } from 'vitest';
import { sqsQueue } from '../../../local/resources/sqs-queue.ts';
import { sqsQueuePolicy } from '../../../local/resources/sqs-queue-policy.ts';
import type { World } from '../../../local/runtime/world.ts';
import { queueArn, queueDefinition, queueWorld } from '../setup/queue-world.ts';

const resource = (properties: Record<string, unknown>, logicalId = 'Jobs1A2B3C4D') => ({
  stack: 'pregonero-dev-realtime',
  logicalId,
  type: sqsQueue.type,
  properties,
});
const create = (world: World, properties: Record<string, unknown>) =>
  sqsQueue.create(resource(properties), world) as { ref: string; attributes: Record<string, unknown> };

describe('AWS::SQS::Queue', () => {
  it('is created with SQS defaults, under a name as CloudFormation makes it', async () => {
    const { world } = await queueWorld();

    const { ref, attributes } = create(world, {});

    expect(attributes.QueueName).toMatch(/^pregonero-dev-realtime-Jobs1A2B3C4D-[A-Z0-9]{12}$/);
    expect(ref).toBe(`${world.door.origin}/111111111111/${attributes.QueueName}`);
    expect(attributes.QueueUrl).toBe(ref);
    expect(world.queues.get(String(attributes.Arn))).toEqual(
      queueDefinition(String(attributes.QueueName), { fifo: false }),
    );
  });

  it('is created as the template says', async () => {
    const { world } = await queueWorld();
    world.queues.create(queueDefinition('dead.fifo'));

    const { attributes } = create(world, {
      FifoQueue: true,
      ContentBasedDeduplication: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      VisibilityTimeout: '60',
      DelaySeconds: 5,
      MessageRetentionPeriod: 1_209_600,
      MaximumMessageSize: 1_024,
      ReceiveMessageWaitTimeSeconds: 20,
      RedrivePolicy: { deadLetterTargetArn: queueArn('dead.fifo'), maxReceiveCount: 5 },
      SqsManagedSseEnabled: true,
      KmsMasterKeyId: 'alias/aws/sqs',
    });

    expect(String(attributes.QueueName)).toMatch(/\.fifo$/);
    expect(world.queues.get(String(attributes.Arn))).toMatchObject({
      fifo: true,
      contentBasedDeduplication: true,
      deduplicationScope: 'messageGroup',
      visibilityTimeoutInSeconds: 60,
      delayInSeconds: 5,
      retentionInSeconds: 1_209_600,
      maximumMessageBytes: 1_024,
      receiveWaitInSeconds: 20,
      redrive: { deadLetterQueueArn: queueArn('dead.fifo'), maxReceiveCount: 5 },
    });
  });

  it('keeps a name within 80 characters', async () => {
    const { world } = await queueWorld();
    const long = resource({ FifoQueue: true }, 'L'.repeat(100));

    const { attributes } = await sqsQueue.create(long, world);

    expect(String(attributes.QueueName)).toMatch(/^.{1,75}\.fifo$/);
  });

  it.each([
    ['a FIFO queue by another name', { FifoQueue: true, QueueName: 'jobs' }, /to end in \.fifo/],
    ['a standard queue by the name of a FIFO one', { QueueName: 'jobs.fifo' }, /QueueName is "jobs.fifo"/],
    ['a key of its own', { KmsMasterKeyId: 'arn:aws:kms:r:1:key/k' }, /KmsMasterKeyId/],
    ['a visibility of more than 12 hours', { VisibilityTimeout: 43_201 }, /VisibilityTimeout is 43201/],
    ['a delay of more than 15 minutes', { DelaySeconds: 901 }, /DelaySeconds is 901/],
    ['half a redrive policy', { RedrivePolicy: { maxReceiveCount: 5 } }, /expected both/],
    ['a closed redrive', { RedriveAllowPolicy: { redrivePermission: 'denyAll' } }, /redrivePermission/],
    ['deduplication of a standard queue', { ContentBasedDeduplication: true }, /those of FIFO queues/],
  ])('refuses %s', async (_, properties, sentence) => {
    const { world } = await queueWorld();

    expect(() => create(world, properties)).toThrow(sentence);
  });
});

describe('AWS::SQS::QueuePolicy', () => {
  const statement = {
    Effect: 'Deny',
    Action: 'sqs:*',
    Principal: { AWS: '*' },
    Resource: queueArn('jobs'),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const policy = async (changes: object) => {
    const { world } = await queueWorld();
    return sqsQueuePolicy.create(
      resource({
        Queues: ['http://127.0.0.1:1/111111111111/jobs'],
        PolicyDocument: { Statement: [{ ...statement, ...changes }] },
      }),
      world,
    );
  };

  it('may ask for TLS, which a loopback address stands in for', async () => {
    await expect(policy({})).resolves.toHaveProperty('ref');
    await expect(policy({ Principal: '*' })).resolves.toHaveProperty('ref');
  });

  it.each([
    ['an Allow', { Effect: 'Allow' }],
    ['a Deny of one principal', { Principal: { Service: 'sns.amazonaws.com' } }],
    ['a Deny without a condition', { Condition: undefined }],
    ['a Deny on another condition', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
  ])('is refused with %s, by the name of the statement', async (_, changes) => {
    await expect(policy({ Sid: 'Mine', ...changes })).rejects.toThrow(
      'PolicyDocument has the statement Mine',
    );
  });
});
