import type { Operation } from './operation.ts';
import type { Queue } from './queue.ts';
import { stringList } from './request-input.ts';
import { SqsError } from './sqs-error.ts';

export const getQueueUrl: Operation = {
  action: 'sqs:GetQueueUrl',
  members: ['QueueName', 'QueueOwnerAWSAccountId'],
  run: ({ queueUrl }) => ({ QueueUrl: queueUrl }),
};

export const purgeQueue: Operation = {
  action: 'sqs:PurgeQueue',
  members: ['QueueUrl'],
  run: ({ queue }) => {
    queue.purge();
    return {};
  },
};

export const getQueueAttributes: Operation = {
  action: 'sqs:GetQueueAttributes',
  members: ['QueueUrl', 'AttributeNames'],
  run: ({ input, queue }) => {
    const names = stringList(input, 'AttributeNames');
    const attributes = attributesOf(queue);
    for (const name of names) {
      if (name !== 'All' && !Object.hasOwn(attributes, name) && !absentAttributes.has(name)) {
        throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
      }
    }
    const asked = Object.entries(attributes).filter(
      ([name, value]) => value !== undefined && (names.includes('All') || names.includes(name)),
    );
    return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
  },
};

/** Known to SQS, but never set here: asking for them is no mistake. */
const absentAttributes = new Set([
  'Policy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
]);

/** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
function attributesOf(queue: Queue): Record<string, string | undefined> {
  const { definition } = queue;
  const messages = queue.contents();
  const count = (state: string) => String(messages.filter((message) => message.state === state).length);
  const createdAt = String(Math.floor(queue.createdAt / 1000));
  return {
    QueueArn: definition.arn,
    ApproximateNumberOfMessages: count('visible'),
    ApproximateNumberOfMessagesNotVisible: count('in-flight'),
    ApproximateNumberOfMessagesDelayed: count('delayed'),
    CreatedTimestamp: createdAt,
    LastModifiedTimestamp: createdAt,
    VisibilityTimeout: String(definition.visibilityTimeoutInSeconds),
    MaximumMessageSize: String(definition.maximumMessageBytes),
    MessageRetentionPeriod: String(definition.retentionInSeconds),
    DelaySeconds: String(definition.delayInSeconds),
    ReceiveMessageWaitTimeSeconds: String(definition.receiveWaitInSeconds),
    SqsManagedSseEnabled: 'true',
    RedrivePolicy:
      definition.redrive &&
      JSON.stringify({
        deadLetterTargetArn: definition.redrive.deadLetterQueueArn,
        maxReceiveCount: definition.redrive.maxReceiveCount,
      }),
    FifoQueue: definition.fifo ? 'true' : undefined,
    ContentBasedDeduplication: definition.fifo ? String(definition.contentBasedDeduplication) : undefined,
    DeduplicationScope: definition.fifo ? definition.deduplicationScope : undefined,
  };
}
