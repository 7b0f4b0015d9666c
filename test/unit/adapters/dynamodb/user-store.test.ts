import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDbUserStore } from '../../../../lambdas/adapters/dynamodb/user-store.ts';
import {
  type AwsStandIn,
  failure,
  json,
  type StandInAnswer,
  startAwsStandIn,
} from '../../../setup/aws-stand-in.ts';

const NOW = 1_764_000_000;

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

/** Answers an operation in its turn, and with nothing where nothing is said. */
async function storeOn(answers: Readonly<Record<string, StandInAnswer[]>>) {
  aws = await startAwsStandIn(({ headers }) => answers[operationOf(headers)]?.shift() ?? json({}));
  const client = new DynamoDBClient(aws.clientOptions);
  const clock = { now: () => NOW * 1_000 + 123, sleep: () => Promise.resolve() };
  return new DynamoDbUserStore({ client, clock, table: 'connections' });
}

const operationOf = (headers: AwsStandIn['requests'][number]['headers']) =>
  String(headers['x-amz-target']).split('.')[1] ?? '';
const operations = () => aws.requests.map(({ headers }) => operationOf(headers));
const bodies = () => aws.requests.map(({ body }) => JSON.parse(body));
const open = json({ Item: { expiresAt: { N: String(NOW + 60) } } });
const claim = { connectionId: 'a=', userId: '7', expiresAt: NOW + 60 };

describe('claiming a connection', () => {
  it('is one transaction where nobody is watched', async () => {
    const store = await storeOn({});
    expect(await store.claim(claim)).toBe('claimed');
    expect(operations()).toEqual(['TransactWriteItems']);
  });

  it('writes whom it watches after that as subscriptions, of which TTL leaves enough time', async () => {
    const store = await storeOn({ GetItem: [open] });
    expect(await store.claim({ ...claim, watchlist: ['8'] })).toBe('claimed');
    expect(operations()).toEqual(['TransactWriteItems', 'BatchWriteItem', 'GetItem']);
    expect(bodies()[1].RequestItems.connections).toEqual([
      {
        PutRequest: {
          Item: {
            pk: { S: 'channel##watchlist-8' },
            sk: { S: 'a=' },
            until: { N: String(NOW + 60) },
            expiresAt: { N: String(NOW + 60 + 30 * 86_400) },
            since: { N: String(NOW) },
            askedAt: { N: String(NOW * 1_000 + 123) },
          },
        },
      },
    ]);
  });

  it('writes all of a hundred, also what a batch left unprocessed', async () => {
    const left = {
      PutRequest: { Item: { pk: { S: 'channel##watchlist-left' }, sk: { S: 'a=' } } },
    };
    const store = await storeOn({
      BatchWriteItem: [json({ UnprocessedItems: { connections: [left] } })],
      GetItem: [open],
    });
    await store.claim({ ...claim, watchlist: Array.from({ length: 100 }, (_, index) => `u${index}`) });
    const written = bodies().flatMap(({ RequestItems }) => RequestItems?.connections ?? []);
    expect(written).toHaveLength(101);
    expect(written).toContainEqual(left);
  });

  it('leaves nothing behind of a connection that went while it was written', async () => {
    const store = await storeOn({});
    expect(await store.claim({ ...claim, watchlist: ['8', '9'] })).toBe('gone');
    expect(operations()).toEqual(['TransactWriteItems', 'BatchWriteItem', 'GetItem', 'BatchWriteItem']);
    expect(bodies()[2]).toMatchObject({ ConsistentRead: true });
    expect(bodies()[3].RequestItems.connections).toEqual(
      ['8', '9'].map((userId) => ({
        DeleteRequest: { Key: { pk: { S: `channel##watchlist-${userId}` }, sk: { S: 'a=' } } },
      })),
    );
  });

  it('throws when it could not be done', async () => {
    const store = await storeOn({ TransactWriteItems: [failure(400, 'AccessDeniedException')] });
    await expect(store.claim(claim)).rejects.toThrow();
  });
});

describe('reading the connections of a user', () => {
  it('goes page by page to the last, consistently, without what has expired', async () => {
    const row = (sk: string, expiresAt = NOW + 60) => ({
      sk: { S: sk },
      expiresAt: { N: String(expiresAt) },
    });
    const key = { pk: { S: 'user#7' }, sk: { S: 'b=' } };
    const store = await storeOn({
      Query: [
        json({ Items: [row('a='), row('b=', NOW)], LastEvaluatedKey: key }),
        json({ Items: [row('c=', NOW)], LastEvaluatedKey: key }),
        json({ Items: [row('d=')] }),
      ],
    });
    const pages: (readonly string[])[] = [];
    for await (const page of store.connectionsOf('7')) pages.push(page);
    expect(pages).toEqual([['a='], ['d=']]);
    expect(bodies()).toMatchObject([
      { ConsistentRead: true, ExpressionAttributeValues: { ':user': { S: 'user#7' } } },
      { ConsistentRead: true, ExclusiveStartKey: key },
      { ConsistentRead: true, ExclusiveStartKey: key },
    ]);
  });
});
