import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDbChannelShards } from '../../../../lambdas/adapters/dynamodb/channel-shards.ts';
import { DynamoDbDeliveryProgress } from '../../../../lambdas/adapters/dynamodb/delivery-progress.ts';
import { queueKey } from '../../../../lambdas/adapters/dynamodb/keys.ts';
import { markOf } from '../../../../lambdas/protocol/sequence-number.ts';
import {
  type AwsStandIn,
  failure,
  json,
  type StandInAnswer,
  startAwsStandIn,
} from '../../../setup/aws-stand-in.ts';

const NOW = 1_764_000_000;
const THREE_HOURS = 3 * 3_600;
const DAY = 86_400;

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

async function rowsOf(row: object | undefined, write: StandInAnswer = json({})) {
  aws = await startAwsStandIn(({ headers }) =>
    String(headers['x-amz-target']).endsWith('.GetItem') ? json(row ? { Item: row } : {}) : write,
  );
  const clock = { now: () => NOW * 1_000, sleep: () => Promise.resolve() };
  return { client: new DynamoDBClient(aws.clientOptions), clock, table: 'connections' };
}
const bodies = () => aws.requests.map(({ body }) => JSON.parse(body));
const writes = () => bodies().filter(({ UpdateExpression }) => UpdateExpression !== undefined);

describe('fitting a channel with shards', () => {
  const fitTo = async (row: object | undefined, subscriptions: number, write?: StandInAnswer) =>
    await new DynamoDbChannelShards(await rowsOf(row, write)).fit('news', subscriptions);

  it('is one consistent read, of a channel that has as many as it needs', async () => {
    await fitTo(undefined, 4_000);
    expect(bodies()).toMatchObject([
      { ConsistentRead: true, Key: { pk: { S: 'channel#news' }, sk: { S: '#shards' } } },
    ]);
  });

  it('with more keeps the row, which may have been on its way out, and takes back nothing that others have made of it', async () => {
    await fitTo({ shards: { N: '1' }, expiresAt: { N: String(NOW + 60) } }, 9_000);
    expect(writes()).toMatchObject([
      {
        Key: { pk: { S: 'channel#news' }, sk: { S: '#shards' } },
        UpdateExpression: 'SET shards = :shards REMOVE expiresAt',
        ConditionExpression: 'attribute_not_exists(shards) OR shards < :shards',
        ExpressionAttributeValues: { ':shards': { N: '4' } },
      },
    ]);
  });

  it('with one has the row go, a month after nobody can be in another one any more', async () => {
    await fitTo({ shards: { N: '8' } }, 100);
    expect(writes()).toMatchObject([
      {
        ConditionExpression: 'shards = :shardsRead AND attribute_not_exists(widerUntil)',
        ExpressionAttributeValues: {
          ':shards': { N: '1' },
          ':wider': { N: '8' },
          ':widest': { N: '8' },
          ':until': { N: String(NOW + THREE_HOURS) },
          ':expiresAt': { N: String(NOW + THREE_HOURS + 30 * DAY) },
          ':shardsRead': { N: '8' },
        },
      },
    ]);
  });

  it('with fewer, but several, keeps the row, and remembers the most there have been', async () => {
    const widerUntil = { N: String(NOW) };
    await fitTo({ shards: { N: '8' }, wider: { N: '64' }, widest: { N: '64' }, widerUntil }, 8_000);
    const [write] = writes();
    expect(write).toMatchObject({
      ConditionExpression: 'shards = :shardsRead AND widerUntil = :untilRead',
      ExpressionAttributeValues: {
        ':shards': { N: '2' },
        ':wider': { N: '8' },
        ':widest': { N: '64' },
        ':untilRead': widerUntil,
      },
    });
    expect(write.UpdateExpression).not.toContain('expiresAt');
  });

  it.each([
    ['more', undefined, 5_000],
    ['fewer', { shards: { N: '8' } }, 100],
  ])('leaves it to others who have been faster: with %s', async (_, row, subscriptions) => {
    const refused = failure(400, 'ConditionalCheckFailedException');
    await expect(fitTo(row, subscriptions, refused)).resolves.toBeUndefined();
    expect(writes()).toHaveLength(1);
  });

  it('throws when it could not be done', async () => {
    await expect(fitTo(undefined, 5_000, failure(400, 'AccessDeniedException'))).rejects.toThrow();
  });
});

describe('noting what the delivery queue does', () => {
  const expiresAt = { N: String(NOW + DAY) };
  const key = (shard: number) => queueKey('news', shard);

  it('keeps each row for a day after it was written last', async () => {
    const progress = new DynamoDbDeliveryProgress(await rowsOf(undefined));
    await progress.noteQueued('news', '7');
    await progress.notePassed('news', 3, '7', 'a=');
    await progress.noteDone('news', 3, '7');
    expect(writes().map(({ Key }) => Key)).toEqual([key(0), key(3), key(3)]);
    for (const { ExpressionAttributeValues, UpdateExpression } of writes()) {
      expect(UpdateExpression).toContain('expiresAt = :expiresAt');
      expect(ExpressionAttributeValues).toMatchObject({
        ':expiresAt': expiresAt,
        ':mark': { S: markOf('7') },
      });
    }
  });

  it('asks consistently over how many shards the channel is spread, and how far it has come', async () => {
    const progress = new DynamoDbDeliveryProgress(await rowsOf({ shards: { N: '8' } }));
    expect(await progress.noteQueued('news', '7')).toBe(8);
    await progress.progressOf('news', 3, '7');
    const reads = bodies().filter(({ UpdateExpression }) => UpdateExpression === undefined);
    expect(reads).toMatchObject([
      { ConsistentRead: true, Key: { pk: { S: 'channel#news' }, sk: { S: '#shards' } } },
      { ConsistentRead: true, Key: key(3) },
    ]);
  });

  it('is not done when it could not be noted', async () => {
    const progress = new DynamoDbDeliveryProgress(
      await rowsOf(undefined, failure(400, 'AccessDeniedException')),
    );
    await expect(progress.noteQueued('news', '7')).rejects.toThrow();
    await expect(progress.noteDone('news', 0, '7')).rejects.toThrow();
  });
});
