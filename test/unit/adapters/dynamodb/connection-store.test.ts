import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { readConnection } from '../../../../lambdas/adapters/dynamodb/connection-row.ts';
import { DynamoDbConnectionStore } from '../../../../lambdas/adapters/dynamodb/connection-store.ts';
import type { Connection } from '../../../../lambdas/ports/connection-store.ts';
import {
  type AwsStandIn,
  failure,
  json,
  type StandInAnswer,
  startAwsStandIn,
} from '../../../setup/aws-stand-in.ts';

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

async function newStore(answer: (index: number) => StandInAnswer = () => json({})) {
  aws = await startAwsStandIn((_, index) => answer(index));
  const client = new DynamoDBClient(aws.clientOptions);
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  return new DynamoDbConnectionStore({ client, clock, table: 'connections' });
}

const writes = () => aws.requests.map(({ body }) => JSON.parse(body).TransactItems);

const connection: Connection = {
  connectionId: 'a=',
  connectedAt: 1_764_000_000_000,
  expiresAt: 1_764_007_800,
};

describe('opening a connection', () => {
  it.each<[string, Connection]>([
    ['without a token', connection],
    ['with a token', { ...connection, identity: { tenant: '12', user: '7', tokenExpiresAt: 1_764_000_060 } }],
    ['that is refused', { ...connection, refusal: 4009 }],
    ['whose handshake is remembered', { ...connection, fingerprint: 'looks-so' }],
  ])('writes a row from which the stream tells a connection %s', async (_, opened) => {
    const store = await newStore();
    await store.open(opened);
    expect(readConnection(writes()[0][0].Put.Item)).toEqual(opened);
  });

  it('counts it in the same transaction, and notes that', async () => {
    const store = await newStore();
    await store.open(connection);
    const [[, counted, count]] = writes();
    expect(count).toMatchObject({ Update: { Key: { pk: { S: 'quota#connections' } } } });
    expect(counted).toMatchObject({ Put: { Item: { pk: { S: 'counted#a=' }, sk: { S: 'app' } } } });
  });

  it('notes that it was counted for weeks longer than TTL may take to delete its row', async () => {
    const store = await newStore();
    await store.open(connection);
    const [[put, counted]] = writes();
    const seconds = (item: { expiresAt: { N: string } }) => Number(item.expiresAt.N);
    const longer = seconds(counted.Put.Item) - seconds(put.Put.Item);
    expect(longer).toBeGreaterThanOrEqual(14 * 24 * 60 * 60);
  });

  it('costs one write when it is refused', async () => {
    const store = await newStore();
    await store.open({ ...connection, refusal: 4004 });
    expect(writes()[0]).toHaveLength(1);
  });
});

describe('removing a connection', () => {
  it('is tried again while a transaction writes the row', async () => {
    const store = await newStore((index) =>
      index < 2
        ? failure(400, 'TransactionConflictException')
        : json({ Attributes: { pk: { S: 'connection#a=' } } }),
    );
    expect(await store.remove('a=')).toBe(true);
    expect(aws.requests).toHaveLength(3);
  });
});

describe('admitting a connection to a tenant', () => {
  const cancelled = {
    status: 400,
    headers: { 'x-amzn-errortype': 'TransactionCanceledException' },
    body: JSON.stringify({
      CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
    }),
  };

  it('counts it only while its row is there, for nobody would take it out again', async () => {
    const row = { pk: { S: 'connection#a=' }, expiresAt: { N: '60' } };
    const store = await newStore((index) => [json({ Items: [] }), json({ Item: row })][index] ?? cancelled);
    expect(await store.admit('a=', '12', 1)).toBe(true);
    expect(writes().at(-1)?.at(-1)).toMatchObject({
      ConditionCheck: { Key: { pk: { S: 'connection#a=' } }, ConditionExpression: 'attribute_exists(pk)' },
    });
  });

  it('adds up its shards to the last', async () => {
    const pages = [
      { Items: [{ count: { N: '2' } }], LastEvaluatedKey: { pk: { S: 'quota' }, sk: { S: '1' } } },
      { Items: [{ count: { N: '1' } }, { count: { N: '0' } }] },
    ];
    const store = await newStore((index) => json(pages[index] ?? {}));
    expect(await store.admit('a=', '12', 3)).toBe(false);
  });
});

describe('reading', () => {
  it('is consistent: a connection that has just opened is seen, and counted', async () => {
    const store = await newStore();
    await store.isOpen('a=');
    await store.countOpen();
    expect(aws.requests.map(({ body }) => JSON.parse(body).ConsistentRead)).toEqual([true, true]);
  });
});
