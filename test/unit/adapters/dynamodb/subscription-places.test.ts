import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import {
  channelPartition,
  channelShardOf,
  channelShardsOf,
} from '../../../../lambdas/adapters/dynamodb/keys.ts';
import { DynamoDbSubscriptionStore } from '../../../../lambdas/adapters/dynamodb/subscription-store.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';
import { type AwsStandIn, json, type StandInAnswer, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

/** In another shard for each number of them up to 64, so that no two of them are mistaken for one another. */
const ID =
  Array.from({ length: 10_000 }, (_, index) => `connection-${index}=`).find(
    (id) => channelShardsOf(id, 64).length === 7,
  ) ?? '';
const CLOCK_AT = 1_764_000_000_000;

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

type Answers = Readonly<Record<string, StandInAnswer[]>>;

/** Answers an operation in its turn, and with nothing where nothing is said. */
async function storeOn(answers: Answers) {
  aws = await startAwsStandIn(({ headers }) => answers[operationOf(headers)]?.shift() ?? json({}));
  const clock = new VirtualClock(CLOCK_AT);
  const store = new DynamoDbSubscriptionStore({
    client: new DynamoDBClient(aws.clientOptions),
    clock,
    table: 'connections',
    maxChannelsPerConnection: 100,
  });
  return { store, clock };
}

const operationOf = (headers: AwsStandIn['requests'][number]['headers']) =>
  String(headers['x-amz-target']).split('.')[1] ?? '';
const operations = () => aws.requests.map(({ headers }) => operationOf(headers));
const bodies = () => aws.requests.map(({ body }) => JSON.parse(body));

const shardsRow = (shards: number, more = {}) => json({ Item: { shards: { N: String(shards) }, ...more } });
const cancelled = (...CancellationReasons: readonly object[]): StandInAnswer => ({
  status: 400,
  headers: { 'x-amzn-errortype': 'TransactionCanceledException' },
  body: JSON.stringify({ CancellationReasons }),
});
const refused = (Item?: object) => ({ Code: 'ConditionalCheckFailed', ...(Item && { Item }) });
const FINE = { Code: 'None' };
const onChannel = {
  pk: { S: `connection#${ID}` },
  expiresAt: { N: String(CLOCK_AT) },
  channels: { SS: ['news'] },
};
const pkOf = (shards: number) => channelPartition('news', channelShardOf(ID, shards));
const rowIn = (shards: number) => ({ pk: { S: pkOf(shards) }, sk: { S: ID }, askedAt: { N: '0' } });
const found = (shards: number) => json({ Responses: { connections: [rowIn(shards)] } });
const writtenTo = (index: number, write: string) =>
  bodies()[index].TransactItems.flatMap(
    (item: Record<string, { Key?: { pk: { S: string } }; Item?: { pk: { S: string } } }>) =>
      item[write]?.Key?.pk.S ?? item[write]?.Item?.pk.S ?? [],
  );
const subscribe = (store: DynamoDbSubscriptionStore) =>
  store.subscribe({ connectionId: ID, channel: 'news', expiresAt: CLOCK_AT, askedAt: 1, inOrder: false });

describe('subscribing', () => {
  it('asks over how many shards the channel is spread, of one small row, and remembers that for ten seconds', async () => {
    const { store, clock } = await storeOn({ GetItem: [shardsRow(8), shardsRow(16)] });

    for (const wait of [0, 9_999, 1]) {
      clock.advance(wait);
      expect(await subscribe(store)).toBe('subscribed');
    }

    expect(operations()).toEqual([
      'GetItem',
      'TransactWriteItems',
      'TransactWriteItems',
      'GetItem',
      'TransactWriteItems',
    ]);
    expect(bodies()[0]).toMatchObject({ Key: { pk: { S: 'channel#news' }, sk: { S: '#shards' } } });
    expect(bodies()[0].ConsistentRead ?? false).toBe(false);
    expect([1, 2, 4].map((index) => writtenTo(index, 'Put'))).toEqual([[pkOf(8)], [pkOf(8)], [pkOf(16)]]);
  });

  it('goes by the shards that are, not by those that were', async () => {
    const until = { widerUntil: { N: String(CLOCK_AT) } };
    const { store } = await storeOn({
      GetItem: [shardsRow(2, { wider: { N: '64' }, widest: { N: '64' }, ...until })],
    });
    await subscribe(store);
    expect(writtenTo(1, 'Put')).toEqual([pkOf(2)]);
  });

  it('again costs no read when the subscription is where it would be put', async () => {
    const { store } = await storeOn({
      TransactWriteItems: [cancelled(refused(onChannel), refused(rowIn(1)), FINE)],
    });
    expect(await subscribe(store)).toBe('subscribed');
    expect(operations()).toEqual(['GetItem', 'TransactWriteItems', 'TransactWriteItems']);
    expect(writtenTo(2, 'Update')).toEqual([`connection#${ID}`, pkOf(1)]);
  });

  it('again changes the subscription where it is, in another shard', async () => {
    const { store } = await storeOn({
      GetItem: [shardsRow(8), json({}), shardsRow(8)],
      TransactWriteItems: [cancelled(refused(onChannel), FINE, FINE)],
      BatchGetItem: [found(2)],
    });
    expect(await subscribe(store)).toBe('subscribed');
    expect(operations()).toEqual([
      'GetItem',
      'TransactWriteItems',
      'GetItem',
      'GetItem',
      'BatchGetItem',
      'TransactWriteItems',
    ]);
    expect(bodies().slice(2, 4)).toMatchObject([{ ConsistentRead: true }, { ConsistentRead: true }]);
    expect(writtenTo(5, 'Update')).toEqual([`connection#${ID}`, pkOf(2)]);
    expect(writtenTo(5, 'Put')).toEqual([]);
  });

  it('mends what is lost, unless it is in any shard after all', async () => {
    const { store } = await storeOn({
      TransactWriteItems: [cancelled(refused(onChannel), FINE, FINE)],
    });
    expect(await subscribe(store)).toBe('subscribed');
    expect(operations()).toEqual([
      'GetItem',
      'TransactWriteItems',
      'GetItem',
      'GetItem',
      'TransactWriteItems',
    ]);
    expect(writtenTo(4, 'Put')).toEqual([pkOf(1)]);
    expect(writtenTo(4, 'ConditionCheck')).toEqual([2, 4, 8, 16, 32, 64].map(pkOf));
  });

  it('tries again when the connection came onto the channel while it was looked for', async () => {
    const { store } = await storeOn({
      TransactWriteItems: [
        cancelled(refused(onChannel), FINE, FINE),
        cancelled(FINE, refused(rowIn(1)), FINE),
      ],
    });
    expect(await subscribe(store)).toBe('subscribed');
    expect(operations().filter((operation) => operation === 'TransactWriteItems')).toHaveLength(3);
  });

  it('tries again when the connection came back onto the channel while it left it as somebody else', async () => {
    const asSomebody = { ...rowIn(1), userId: { S: '7' } };
    const { store } = await storeOn({
      TransactWriteItems: [
        cancelled(refused(onChannel), refused(asSomebody), FINE),
        json({}),
        cancelled(refused(onChannel), FINE, FINE),
      ],
    });
    expect(await subscribe(store)).toBe('subscribed');
    expect(bodies()[3].TransactItems[0].Delete).toMatchObject({
      Key: { pk: { S: pkOf(1) } },
      ExpressionAttributeValues: { ':userId': { S: '7' } },
    });
    expect(operations().filter((operation) => operation === 'TransactWriteItems')).toHaveLength(4);
  });

  it.each([
    ['gone', undefined],
    ['gone', { ...onChannel, expiresAt: { N: '1' } }],
    ['gone', { ...onChannel, refusal: { N: '4001' } }],
    ['too-many-channels', { ...onChannel, channels: { SS: ['other'] } }],
  ])('is answered with %s without another look', async (outcome, connection) => {
    const { store } = await storeOn({
      TransactWriteItems: [cancelled(refused(connection), refused(rowIn(1)), FINE)],
    });
    expect(await subscribe(store)).toBe(outcome);
    expect(operations()).toEqual(['GetItem', 'TransactWriteItems']);
  });
});

describe('leaving', () => {
  it('reads nothing when it succeeds at the first try', async () => {
    const { store } = await storeOn({});
    await store.unsubscribe(ID, 'news', 1);
    await store.removeAll(ID, ['news', 'other']);
    expect(operations()).toEqual(['TransactWriteItems', 'TransactWriteItems']);
    expect(writtenTo(0, 'Delete')).toEqual(['channel#news']);
    expect(writtenTo(1, 'Delete')).toEqual(['channel#news', 'channel#other']);
  });

  it('tries the shard first that it remembers', async () => {
    const { store } = await storeOn({ GetItem: [shardsRow(8)] });
    await subscribe(store);
    await store.unsubscribe(ID, 'news', 2);
    expect(writtenTo(2, 'Delete')).toEqual([pkOf(8)]);
  });

  const notThere = cancelled(refused(), FINE, FINE);

  it.each([
    ['a channel', (store) => store.unsubscribe(ID, 'news', 1)],
    ['all channels', (store) => store.removeAll(ID, ['news'])],
  ] satisfies [string, (store: DynamoDbSubscriptionStore) => Promise<void>][])(
    'looks for a subscription that is not there in all shards there have ever been: %s',
    async (_, leave) => {
      const { store } = await storeOn({
        TransactWriteItems: [notThere],
        GetItem: [shardsRow(2, { wider: { N: '2' }, widerUntil: { N: '1' }, widest: { N: '64' } })],
        BatchGetItem: [found(16)],
      });
      await leave(store);
      expect(operations()).toEqual(['TransactWriteItems', 'GetItem', 'BatchGetItem', 'TransactWriteItems']);
      expect(bodies()[1]).toMatchObject({ ConsistentRead: true });
      const { Keys, ConsistentRead } = bodies()[2].RequestItems.connections;
      expect(ConsistentRead).toBe(true);
      expect(Keys.map(({ pk }: { pk: { S: string } }) => pk.S)).toEqual([2, 4, 8, 16, 32, 64].map(pkOf));
      expect(writtenTo(3, 'Delete')).toEqual([pkOf(16)]);
    },
  );

  it('reads one small row when nobody is subscribed to a channel that has always had one shard', async () => {
    const { store } = await storeOn({ TransactWriteItems: [notThere, notThere] });
    await store.unsubscribe(ID, 'news', 1);
    await store.removeAll(ID, ['news']);
    expect(operations()).toEqual(['TransactWriteItems', 'GetItem', 'TransactWriteItems', 'GetItem']);
  });

  it('goes on looking when the subscription has moved while it was looked for', async () => {
    const { store } = await storeOn({
      TransactWriteItems: [notThere, notThere],
      GetItem: [shardsRow(8), shardsRow(8)],
      BatchGetItem: [found(8), found(2)],
    });
    await store.unsubscribe(ID, 'news', 1);
    expect(writtenTo(6, 'Delete')).toEqual([pkOf(2)]);
  });
});

describe('finding a subscription', () => {
  const row = (shards: number) => json({ Item: { ...rowIn(shards), until: { N: String(CLOCK_AT) } } });

  it('is one consistent read where it is found', async () => {
    const { store } = await storeOn({ GetItem: [row(1)] });
    expect(await store.find(ID, 'news')).toMatchObject({ connectionId: ID, shard: 0 });
    expect(bodies()).toMatchObject([{ ConsistentRead: true, Key: { pk: { S: 'channel#news' } } }]);
  });

  it('is one consistent read where its place is known, also when it is not there', async () => {
    const { store } = await storeOn({ GetItem: [row(4)] });
    const place = { connectionId: ID, channel: 'news', shard: channelShardOf(ID, 4) };
    expect(await store.findAt(place)).toMatchObject({ connectionId: ID, shard: place.shard });
    expect(await store.findAt(place)).toBeUndefined();
    expect(operations()).toEqual(['GetItem', 'GetItem']);
    expect(bodies()[1]).toMatchObject({ ConsistentRead: true, Key: { pk: { S: pkOf(4) }, sk: { S: ID } } });
  });

  it('is two where it is not, on a channel that has always had one shard', async () => {
    const { store } = await storeOn({});
    expect(await store.find(ID, 'news')).toBeUndefined();
    expect(operations()).toEqual(['GetItem', 'GetItem']);
  });
});
