import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach } from 'vitest';
import { SqsDeadLetterQueue } from '../../lambdas/adapters/sqs/dead-letter-queue.ts';
import { SqsDeliveryQueue } from '../../lambdas/adapters/sqs/delivery-queue.ts';
import { readExpiry, SqsExpirySchedule } from '../../lambdas/adapters/sqs/expiry-schedule.ts';
import { readGraceWake, SqsGraceSchedule } from '../../lambdas/adapters/sqs/grace-schedule.ts';
import { readPendingDelivery } from '../../lambdas/adapters/sqs/pending-delivery.ts';
import { SqsRetryQueue } from '../../lambdas/adapters/sqs/retry-queue.ts';
import { readShardDelivery } from '../../lambdas/adapters/sqs/shard-delivery.ts';
import { type AwsStandIn, failure, json, startAwsStandIn } from '../setup/aws-stand-in.ts';
import {
  deadLetterQueueContract,
  deliveryQueueContract,
  expiryScheduleContract,
  graceScheduleContract,
  retryQueueContract,
} from './queues.ts';
import { NOW } from './stores-world.ts';

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

const clock = { now: () => NOW * 1_000, sleep: () => Promise.resolve() };

interface Message {
  readonly Id?: string;
  readonly MessageBody: string;
  readonly MessageDeduplicationId?: string;
}

/** A queue that takes what it is sent, once an id where it has one, until it is told to fail. */
async function startQueue() {
  const messages: Message[] = [];
  let failing = false;
  aws = await startAwsStandIn(({ body }) => {
    if (failing) {
      return failure(403, 'AccessDeniedException');
    }
    const request: Message & { Entries?: Message[] } = JSON.parse(body);
    const sent = request.Entries ?? [request];
    for (const message of sent) {
      const id = message.MessageDeduplicationId;
      if (id === undefined || messages.every((known) => known.MessageDeduplicationId !== id)) {
        messages.push(message);
      }
    }
    return json({ MessageId: 'm', Successful: sent.map(({ Id }) => ({ Id, MessageId: 'm' })), Failed: [] });
  });
  const client = new SQSClient({
    ...aws.clientOptions,
    md5: false,
  });
  return {
    client,
    url: `${aws.endpoint}/000000000000/queue`,
    bodies: () => messages.map(({ MessageBody }) => MessageBody),
    fail: () => {
      failing = true;
    },
  };
}

retryQueueContract('on SQS', async () => {
  const { client, url, bodies, fail } = await startQueue();
  const queue = new SqsRetryQueue(client, clock, url);
  return { queue, waiting: () => bodies().map(readPendingDelivery), fail };
});

deliveryQueueContract('on SQS', async () => {
  const { client, url, bodies, fail } = await startQueue();
  const queue = new SqsDeliveryQueue(client, clock, url);
  return { queue, waiting: () => bodies().map(readShardDelivery), fail };
});

deadLetterQueueContract('on SQS', async () => {
  const { client, url, bodies, fail } = await startQueue();
  const queue = new SqsDeadLetterQueue(client, url);
  return { queue, letters: () => bodies().map((body) => JSON.parse(body)), fail };
});

expiryScheduleContract('on SQS', async () => {
  const { client, url, bodies, fail } = await startQueue();
  const schedule = new SqsExpirySchedule(client, clock, url);
  return { schedule, wakes: () => bodies().map(readExpiry), fail };
});

graceScheduleContract('on SQS', async () => {
  const { client, url, bodies, fail } = await startQueue();
  const schedule = new SqsGraceSchedule(client, url);
  return { schedule, wakes: () => bodies().map(readGraceWake), fail };
});
