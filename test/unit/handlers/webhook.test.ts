import '../../setup/as-a-function.ts';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { readQueuedWebhookEvent } from '../../../lambdas/adapters/sqs/webhook-queue.ts';
import { webhookHandler } from '../../../lambdas/handlers/webhook.ts';
import type { WebhookMessage } from '../../../lambdas/use-cases/webhook-portions.ts';
import { RecordingLogger } from '../../fakes/recording-logger.ts';

const queued = {
  url: 'https://api.example/webhooks',
  at: 1_764_000_000_000,
  index: 0,
  event: { name: 'channel_occupied', channel: 'news' },
};

const record = (messageId: string, body: string): SQSRecord => ({
  messageId,
  body,
  attributes: {
    ApproximateReceiveCount: '3',
    SentTimestamp: '1764000000000',
    SenderId: 'sender',
    ApproximateFirstReceiveTimestamp: '1764000000000',
  },
  receiptHandle: `handle of ${messageId}`,
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:webhook',
  awsRegion: 'us-east-1',
});

function delivering(failed: readonly string[] = []) {
  const seen: WebhookMessage[] = [];
  const ends: number[] = [];
  const logger = new RecordingLogger();
  const handle = webhookHandler({
    deliverAll: async (messages, endsAt) => {
      seen.push(...messages);
      ends.push(endsAt);
      return failed;
    },
    readQueuedWebhookEvent,
    clock: { now: () => 1_764_000_000_000, sleep: async () => {} },
    logger,
  });
  return {
    seen,
    ends,
    logger,
    handle: (event: SQSEvent) => handle(event, { getRemainingTimeInMillis: () => 14_900 }),
  };
}

describe('the webhook queue', () => {
  it('hands on each event with its handle and how often it has come, and when the invocation ends', async () => {
    const { handle, seen, ends } = delivering();
    await handle({ Records: [record('m1', JSON.stringify(queued))] });
    expect(seen).toEqual([{ messageId: 'm1', receiptHandle: 'handle of m1', receiveCount: 3, queued }]);
    expect(ends).toEqual([1_764_000_014_900]);
  });

  it('reports the messages that have to come again, and one that cannot be read', async () => {
    const { handle, seen, logger } = delivering(['m1']);
    const answer = await handle({
      Records: [record('m1', JSON.stringify(queued)), record('m2', '{"url":"https://api.example/secret"}')],
    });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }, { itemIdentifier: 'm1' }] });
    expect(seen).toHaveLength(1);
    logger.assertLogged('webhook-unreadable', { messageId: 'm2' });
    logger.assertNeverLogged('secret');
  });
});
