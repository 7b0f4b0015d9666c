import type { QueueDefinition } from '../runtime/queues.ts';
import { physicalName } from './physical-name.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { ResourceSupport, TemplateResource } from './resource-support.ts';

const fifoSuffix = '.fifo';
const MAX_NAME_LENGTH = 80;

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html */
export const sqsQueue: ResourceSupport = {
  type: 'AWS::SQS::Queue',
  properties: {
    ContentBasedDeduplication: 'executed',
    DeduplicationScope: 'executed',
    DelaySeconds: 'executed',
    FifoQueue: 'executed',
    // How many calls a second a FIFO queue takes: nobody sends that many here.
    FifoThroughputLimit: 'inert',
    KmsMasterKeyId: 'executed',
    KmsDataKeyReusePeriodSeconds: 'inert',
    MaximumMessageSize: 'executed',
    MessageRetentionPeriod: 'executed',
    QueueName: 'executed',
    ReceiveMessageWaitTimeSeconds: 'executed',
    RedriveAllowPolicy: { redrivePermission: 'executed' },
    RedrivePolicy: { deadLetterTargetArn: 'executed', maxReceiveCount: 'executed' },
    SqsManagedSseEnabled: 'inert',
    Tags: 'inert',
    VisibilityTimeout: 'executed',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    // The AWS managed key needs no grants; with any other, senders and receivers would need some that nobody checks here.
    properties.oneOf('KmsMasterKeyId', ['alias/aws/sqs']);
    properties.object('RedriveAllowPolicy').oneOf('redrivePermission', ['allowAll']);
    const fifo = properties.optionalBoolean('FifoQueue') ?? false;
    const name = queueName(properties, fifo, resource);
    const arn = `arn:${world.partition}:sqs:${world.region}:${world.accountId}:${name}`;
    const url = world.queues.create({
      name,
      arn,
      fifo,
      ...fifoSettings(properties, fifo),
      ...times(properties),
    });
    return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  },
};

function queueName(properties: PropertyReader, fifo: boolean, resource: TemplateResource): string {
  const suffix = fifo ? fifoSuffix : '';
  const name =
    properties.optionalString('QueueName') ??
    `${physicalName(resource, MAX_NAME_LENGTH - suffix.length)}${suffix}`;
  if (!/^[\w-]{1,80}$/.test(fifo ? name.replace(/\.fifo$/, '') : name) || name.length > MAX_NAME_LENGTH) {
    throw new Error(
      `QueueName is ${JSON.stringify(name)}; expected 1 to 80 letters, digits, hyphens and underscores, with .fifo at the end of a FIFO queue's name only`,
    );
  }
  if (fifo && !name.endsWith(fifoSuffix)) {
    throw new Error(`QueueName is ${JSON.stringify(name)}; expected a FIFO queue's name to end in .fifo`);
  }
  return name;
}

function fifoSettings(
  properties: PropertyReader,
  fifo: boolean,
): Pick<QueueDefinition, 'contentBasedDeduplication' | 'deduplicationScope'> {
  const contentBased = properties.optionalBoolean('ContentBasedDeduplication');
  const scope = properties.oneOf('DeduplicationScope', ['queue', 'messageGroup']);
  if (!fifo && (contentBased || scope !== undefined)) {
    throw new Error(
      'ContentBasedDeduplication and DeduplicationScope are those of FIFO queues; this one is not',
    );
  }
  return { contentBasedDeduplication: contentBased ?? false, deduplicationScope: scope ?? 'queue' };
}

function times(
  properties: PropertyReader,
): Omit<QueueDefinition, 'name' | 'arn' | 'fifo' | 'contentBasedDeduplication' | 'deduplicationScope'> {
  const redrive = properties.object('RedrivePolicy');
  const deadLetterQueueArn = redrive.optionalString('deadLetterTargetArn');
  const maxReceiveCount = redrive.optionalInteger('maxReceiveCount', 1, 1_000);
  if ((deadLetterQueueArn === undefined) !== (maxReceiveCount === undefined)) {
    throw new Error('RedrivePolicy has one of deadLetterTargetArn and maxReceiveCount; expected both');
  }
  return {
    visibilityTimeoutInSeconds: properties.optionalInteger('VisibilityTimeout', 0, 43_200) ?? 30,
    delayInSeconds: properties.optionalInteger('DelaySeconds', 0, 900) ?? 0,
    retentionInSeconds: properties.optionalInteger('MessageRetentionPeriod', 60, 1_209_600) ?? 345_600,
    maximumMessageBytes: properties.optionalInteger('MaximumMessageSize', 1_024, 1_048_576) ?? 1_048_576,
    receiveWaitInSeconds: properties.optionalInteger('ReceiveMessageWaitTimeSeconds', 0, 20) ?? 0,
    ...(deadLetterQueueArn === undefined || maxReceiveCount === undefined
      ? {}
      : { redrive: { deadLetterQueueArn, maxReceiveCount } }),
  };
}
