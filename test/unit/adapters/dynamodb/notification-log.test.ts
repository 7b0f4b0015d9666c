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
  const client = new DynamoDBClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
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
});
