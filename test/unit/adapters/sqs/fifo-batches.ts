import { SQSClient } from '@aws-sdk/client-sqs';
import { type AwsStandIn, json, type StandInAnswer, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

/** A message of SendMessageBatch to a FIFO queue. */
export interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
}

/** Never waits. */
export const clock = { now: () => 0, sleep: () => Promise.resolve() };

/** SQS, as far as it takes batches, and a client for it. */
export async function startBatchTaker(
  answer: (entries: readonly Entry[], index: number) => StandInAnswer,
): Promise<{ readonly aws: AwsStandIn; readonly client: SQSClient; readonly batches: () => Entry[][] }> {
  const aws = await startAwsStandIn(({ body }, index) => answer(JSON.parse(body).Entries, index));
  return {
    aws,
    client: new SQSClient({ ...aws.clientOptions, md5: false }),
    batches: () => aws.requests.map(({ body }) => JSON.parse(body).Entries),
  };
}

/** Takes all but these. */
export const taken = (entries: readonly Entry[], failed: readonly string[] = [], senderFault = false) =>
  json({
    Successful: entries.filter(({ Id }) => !failed.includes(Id)).map(({ Id }) => ({ Id, MessageId: Id })),
    Failed: failed.map((Id) => ({ Id, Code: 'InternalError', SenderFault: senderFault })),
  });
