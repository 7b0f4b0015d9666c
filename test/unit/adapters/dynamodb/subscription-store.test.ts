import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDbSubscriptionStore } from '../../../../lambdas/adapters/dynamodb/subscription-store.ts';
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

async function storeOn(answer: (index: number) => StandInAnswer) {
  aws = await startAwsStandIn((_, index) => answer(index));
  const client = new DynamoDBClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  return new DynamoDbSubscriptionStore({ client, clock, table: 'connections' });
}

describe('reading the subscribers of a channel', () => {
  it('goes page by page to the last, consistently, and asks for a page only when the one before was taken', async () => {
    const row = (connectionId: string) => ({ sk: { S: connectionId }, expiresAt: { N: '60' } });
    const key = { pk: { S: 'channel#news' }, sk: { S: 'b=' } };
    const store = await storeOn((index) =>
      json(index === 0 ? { Items: [row('a='), row('b=')], LastEvaluatedKey: key } : { Items: [row('c=')] }),
    );
    const requestsSeen: number[] = [];
    const found: string[][] = [];
    for await (const page of store.subscribersOf('news')) {
      requestsSeen.push(aws.requests.length);
      found.push(page.map(({ connectionId }) => connectionId));
    }
    expect(found).toEqual([['a=', 'b='], ['c=']]);
    expect(requestsSeen).toEqual([1, 2]);
    expect(aws.requests.map(({ body }) => JSON.parse(body))).toMatchObject([
      { ConsistentRead: true, ExpressionAttributeValues: { ':channel': { S: 'channel#news' } } },
      { ConsistentRead: true, ExclusiveStartKey: key },
    ]);
  });
});

describe('a write of one row', () => {
  const conflict = failure(400, 'TransactionConflictException');
  const gone = {
    status: 400,
    headers: { 'x-amzn-errortype': 'TransactionCanceledException' },
    body: JSON.stringify({ CancellationReasons: [{ Code: 'ConditionalCheckFailed' }] }),
  };
  const operations = () => aws.requests.map(({ headers }) => String(headers['x-amz-target']).split('.')[1]);

  it.each([
    ['marks a delivery as waiting', (store) => store.markLagging('a=', 'news', '1')],
    ['takes the mark back', (store) => store.clearLagging('a=', 'news', '1')],
  ] satisfies [string, (store: DynamoDbSubscriptionStore) => Promise<unknown>][])(
    'is tried again while a transaction writes the row: what %s',
    async (_, write) => {
      const store = await storeOn((index) => (index < 2 ? conflict : json({})));
      await write(store);
      expect(operations()).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem']);
    },
  );

  it('is tried again too when it deletes the subscription of a connection that is gone', async () => {
    const store = await storeOn((index) => [gone, conflict][index] ?? json({}));
    await store.unsubscribe('a=', 'news', 1);
    expect(operations()).toEqual(['TransactWriteItems', 'DeleteItem', 'DeleteItem']);
  });

  it('is not tried again when there is no such subscription', async () => {
    const store = await storeOn(() => failure(400, 'ConditionalCheckFailedException'));
    expect(await store.markLagging('a=', 'news', '1')).toBe(false);
    expect(aws.requests).toHaveLength(1);
  });
});
