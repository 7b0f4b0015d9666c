import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDbNotificationLog } from '../../../../lambdas/adapters/dynamodb/notification-log.ts';
import { readNotificationRow } from '../../../../lambdas/protocol/notification-row.ts';
import { type AwsStandIn, json, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

const NOW = 1_764_000_000_123;

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

async function startLog() {
  aws = await startAwsStandIn(() => json({}));
  const client = new DynamoDBClient(aws.clientOptions);
  const clock = { now: () => NOW, sleep: () => Promise.resolve() };
  return new DynamoDbNotificationLog({ client, clock, table: 'notifications', retentionInSeconds: 60 });
}

interface Row {
  readonly channel: { readonly S: string };
  readonly id: { readonly S: string };
}

const batches = (): Row[][] =>
  aws.requests.map(({ body }) =>
    JSON.parse(body).RequestItems.notifications.map(
      (write: { PutRequest: { Item: Row } }) => write.PutRequest.Item,
    ),
  );

describe('the notification log', () => {
  it('writes rows of the form that every writer has to write, and that the broadcaster reads', async () => {
    const log = await startLog();
    await log.append([{ channel: 'news', event: 'e', data: '{"amount":150.50}', socketId: '1.2' }]);
    const [[row] = []] = batches();
    expect(row).toEqual({
      channel: { S: 'news' },
      id: { S: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/) },
      event: { S: 'e' },
      data: { S: '{"amount":150.50}' },
      socketId: { S: '1.2' },
      createdAt: { S: '2025-11-24T16:00:00.123Z' },
      expiresAt: { N: '1764000060' },
    });
    expect(readNotificationRow(row)).toMatchObject({ notification: { data: '{"amount":150.50}' } });
  });

  it('gives ids that ascend, within a millisecond too', async () => {
    const log = await startLog();
    await log.append(
      Array.from({ length: 20 }, (_, index) => ({ channel: `c${index}`, event: 'e', data: '' })),
    );
    await log.append([{ channel: 'c0', event: 'e', data: '' }]);
    const ids = batches()
      .flat()
      .map(({ id }) => id.S);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(21);
  });

  it('writes those of one channel one after the other, for a batch has no order', async () => {
    const log = await startLog();
    const on = (channel: string) => ({ channel, event: 'e', data: '' });
    await log.append([on('a'), on('b'), on('a'), on('a'), on('c')]);
    expect(batches().map((batch) => batch.map(({ channel }) => channel.S))).toEqual([
      ['a', 'b', 'c'],
      ['a'],
      ['a'],
    ]);
  });

  it('makes rows of an origin of nothing else, whenever they are written', async () => {
    const log = await startLog();
    const notifications = ['a', 'b', 'a'].map((channel) => ({ channel, event: 'e', data: '' }));
    const origin = { at: NOW - 86_400_000, seed: 'seed' };
    await log.append(notifications, origin);
    await log.append(notifications, origin);
    const [first, second, ...again] = batches();
    expect(again).toEqual([first, second]);
    expect(first?.[0]).toMatchObject({
      createdAt: { S: '2025-11-23T16:00:00.123Z' },
      expiresAt: { N: '1763913660' },
    });
    const ids = [first?.[0], first?.[1], second?.[0]].map((row) => row?.id.S);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(3);
  });

  it('enters what is no notification as a row of ours, with an id that ascends with those of notifications', async () => {
    const log = await startLog();
    await log.append([{ channel: 'news', event: 'e', data: '' }]);
    await log.enter({ kind: 'subscription-count', channel: 'news', count: 3 });
    const { TableName, Item } = JSON.parse(aws.requests[1]?.body ?? '');
    expect(TableName).toBe('notifications');
    expect(Item).toEqual({
      channel: { S: 'news' },
      id: { S: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/) },
      internalKind: { S: 'subscription-count' },
      count: { N: '3' },
      createdAt: { S: '2025-11-24T16:00:00.123Z' },
      expiresAt: { N: '1764086400' },
    });
    const appended = JSON.parse(aws.requests[0]?.body ?? '').RequestItems.notifications[0].PutRequest.Item;
    expect([appended.id.S, Item.id.S]).toEqual([appended.id.S, Item.id.S].sort());
  });
});
