import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { readQueuedWebhookEvent, SqsWebhookQueue } from '../../../../lambdas/adapters/sqs/webhook-queue.ts';
import type { WebhookEndpoint, WebhookEvent } from '../../../../lambdas/protocol/webhook-event.ts';
import { type AwsStandIn, json, type StandInAnswer, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

const AT = 1_764_000_000_123;
const clock = { now: () => AT, sleep: () => Promise.resolve() };

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

async function queueTo(
  endpoints: readonly WebhookEndpoint[],
  answer: (entries: readonly Entry[], index: number) => StandInAnswer = (entries) => taking(entries),
) {
  aws = await startAwsStandIn(({ body }, index) => answer(JSON.parse(body).Entries, index));
  const client = new SQSClient({
    ...aws.clientOptions,
    md5: false,
  });
  return new SqsWebhookQueue(client, clock, `${aws.endpoint}/000000000000/webhook`, endpoints);
}

const taking = (entries: readonly Entry[], failed: readonly string[] = [], senderFault = false) =>
  json({
    Successful: entries.filter(({ Id }) => !failed.includes(Id)).map(({ Id }) => ({ Id, MessageId: Id })),
    Failed: failed.map((Id) => ({ Id, Code: 'InternalError', SenderFault: senderFault })),
  });

const batches = (): Entry[][] => aws.requests.map(({ body }) => JSON.parse(body).Entries);

const messages = () =>
  batches()
    .flat()
    .map(({ MessageBody }) => readQueuedWebhookEvent(MessageBody));

const occupied = (channel: string): WebhookEvent => ({ name: 'channel_occupied', channel });

describe('the webhook queue', () => {
  it('has one message for each endpoint that wants the event, with its URL and its time', async () => {
    const queue = await queueTo([
      { url: 'https://a.example' },
      { url: 'https://b.example', events: ['cache_miss'] },
      { url: 'https://c.example', channelPrefix: 'room' },
    ]);
    const miss: WebhookEvent = { name: 'cache_miss', channel: 'cache-rates' };
    await queue.publish([occupied('room-1'), miss]);
    expect(messages()).toEqual([
      { url: 'https://a.example', at: AT, index: 0, event: occupied('room-1') },
      { url: 'https://c.example', at: AT, index: 0, event: occupied('room-1') },
      { url: 'https://a.example', at: AT, index: 1, event: miss },
      { url: 'https://b.example', at: AT, index: 1, event: miss },
    ]);
  });

  it('tells a URL once, however many of its endpoints want the event', async () => {
    const queue = await queueTo([
      { url: 'https://a.example', channelPrefix: 'room-' },
      { url: 'https://a.example', events: ['channel_occupied'] },
    ]);
    await queue.publish([occupied('room-1')]);
    expect(messages().map(({ url }) => url)).toEqual(['https://a.example']);
  });

  it('asks for nothing when nobody wants the event', async () => {
    const queue = await queueTo([{ url: 'https://a.example', channelPrefix: 'room-' }]);
    await queue.publish([occupied('news')]);
    expect(aws.requests).toHaveLength(0);
  });

  it('sends ten a batch', async () => {
    const queue = await queueTo([{ url: 'https://a.example' }]);
    await queue.publish(Array.from({ length: 23 }, (_, index) => occupied(`room-${index}`)));
    expect(batches().map((batch) => batch.length)).toEqual([10, 10, 3]);
    expect(messages().map(({ index }) => index)).toEqual(Array.from({ length: 23 }, (_, index) => index));
  });

  it('keeps a batch below 256 KB', async () => {
    const queue = await queueTo([{ url: 'https://a.example' }]);
    const data = 'x'.repeat(120 * 1024);
    await queue.publish(
      Array.from({ length: 3 }, () => ({
        name: 'client_event',
        channel: 'private-a',
        event: 'client-b',
        data,
        socket_id: '1.2',
      })),
    );
    expect(batches().map((batch) => batch.length)).toEqual([2, 1]);
  });

  it('sends again what a batch was not taken of, and only that', async () => {
    const queue = await queueTo([{ url: 'https://a.example' }], (entries, index) =>
      taking(entries, index === 0 ? ['1'] : []),
    );
    await queue.publish([occupied('a'), occupied('b'), occupied('c')]);
    expect(batches().map((batch) => batch.map(({ Id }) => Id))).toEqual([['0', '1', '2'], ['1']]);
  });

  it('throws when a message is never taken', async () => {
    const queue = await queueTo([{ url: 'https://a.example' }], (entries) => taking(entries, ['0']));
    await expect(queue.publish([occupied('a')])).rejects.toThrow(
      '1 of 1 messages could not be queued (InternalError)',
    );
    expect(aws.requests).toHaveLength(5);
  });

  it('does not repeat what was our own fault', async () => {
    const queue = await queueTo([{ url: 'https://a.example' }], (entries) => taking(entries, ['0'], true));
    await expect(queue.publish([occupied('a')])).rejects.toThrow('could not be queued');
    expect(aws.requests).toHaveLength(1);
  });
});

describe('a message of the webhook queue', () => {
  it.each([
    'no json',
    'null',
    '{}',
    '{"url":"https://a.example","at":1,"index":0}',
    '{"url":"https://a.example","at":"1","index":0,"event":{"name":"cache_miss","channel":"c"}}',
    '{"url":"https://a.example","at":1,"index":0,"event":{"name":"cache_miss"}}',
  ])('is refused when it is %s', (body) => {
    expect(() => readQueuedWebhookEvent(body)).toThrow();
  });
});
