import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDbSubscriptionStore } from '../../../../lambdas/adapters/dynamodb/subscription-store.ts';
import type { Clock } from '../../../../lambdas/ports/clock.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';
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

async function storeOn(
  answer: (index: number) => StandInAnswer,
  clock: Clock = { now: () => 0, sleep: () => Promise.resolve() },
) {
  aws = await startAwsStandIn((_, index) => answer(index));
  const client = new DynamoDBClient(aws.clientOptions);
  return new DynamoDbSubscriptionStore({ client, clock, table: 'connections' });
}

describe('reading the subscribers of a channel', () => {
  it('goes page by page to the last, consistently, and asks for a page only when the one before was taken', async () => {
    const row = (connectionId: string) => ({ sk: { S: connectionId }, until: { N: '60' } });
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

describe('a connection whose time has come, found among the subscribers', () => {
  const rows = json({
    Items: [
      { sk: { S: 'a=' }, until: { N: '60' } },
      { sk: { S: 'b=' }, until: { N: '0' } },
    ],
  });
  const pagesOn = async (answer: StandInAnswer) => {
    const store = await storeOn((index) => (index === 0 ? rows : answer));
    const found: string[][] = [];
    for await (const page of store.subscribersOf('news')) {
      found.push(page.map(({ connectionId }) => connectionId));
    }
    return found;
  };

  it('is removed as TTL would, and nobody else is', async () => {
    expect(await pagesOn(json({}))).toEqual([['a=']]);
    expect(aws.requests.slice(1).map(({ body }) => JSON.parse(body))).toMatchObject([
      {
        Key: { pk: { S: 'connection#b=' }, sk: { S: 'connection' } },
        ConditionExpression: 'expiresAt <= :now',
        ExpressionAttributeValues: { ':now': { N: '0' } },
      },
    ]);
  });

  it('is left to TTL when it cannot be removed', async () => {
    expect(await pagesOn(failure(400, 'AccessDeniedException'))).toEqual([['a=']]);
    expect(aws.requests).toHaveLength(2);
  });
});

describe('a write of one row', () => {
  const conflict = failure(400, 'TransactionConflictException');
  const gone = {
    status: 400,
    headers: { 'x-amzn-errortype': 'TransactionCanceledException' },
    body: JSON.stringify({
      CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
    }),
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

  it('leaves the row of the connection alone when that turns out to be gone', async () => {
    const store = await storeOn((index) => (index === 0 ? gone : json({})));
    await store.unsubscribe('a=', 'news', 1);
    expect(operations()).toEqual(['TransactWriteItems', 'TransactWriteItems']);
    const written = aws.requests.map(({ body }) => JSON.parse(body).TransactItems.length);
    expect(written).toEqual([3, 2]);
  });

  it('is not tried again when there is no such subscription', async () => {
    const store = await storeOn(() => failure(400, 'ConditionalCheckFailedException'));
    expect(await store.markLagging('a=', 'news', '1')).toBe(false);
    expect(aws.requests).toHaveLength(1);
  });
});

describe('the channels of a removed connection', () => {
  const channels = (count: number) => Array.from({ length: count }, (_, index) => `channel-${index}`);
  const written = () => aws.requests.map(({ body }) => JSON.parse(body).TransactItems?.length);

  it('are left ten at a time', async () => {
    const store = await storeOn(() => json({}));
    await store.removeAll('a=', channels(100));
    expect(written()).toEqual(Array.from({ length: 10 }, () => 20));
  });

  it('are left without those that had been left before', async () => {
    const reasons = Array.from({ length: 20 }, (_, write) => ({
      Code: write === 2 || write === 18 ? 'ConditionalCheckFailed' : 'None',
    }));
    const store = await storeOn((index) =>
      index > 0
        ? json({})
        : {
            status: 400,
            headers: { 'x-amzn-errortype': 'TransactionCanceledException' },
            body: JSON.stringify({ CancellationReasons: reasons }),
          },
    );
    await store.removeAll('a=', channels(10));
    expect(written()).toEqual([20, 16]);
    expect(aws.requests[1]?.body).not.toMatch(/channel-(1|9)"/);
  });

  it('are not left behind by a failure: whoever asked is told', async () => {
    const store = await storeOn((index) => (index === 3 ? failure(400, 'AccessDeniedException') : json({})));
    await expect(store.removeAll('a=', channels(100))).rejects.toThrow();
    expect(aws.requests.length).toBeGreaterThanOrEqual(8);
  });
});

describe('subscribing in order', () => {
  it('names the setting that is missing', async () => {
    const store = await storeOn(() => json({}));
    const request = { connectionId: 'a=', channel: 'cache-news', expiresAt: 60, askedAt: 0, inOrder: true };
    await expect(store.subscribe(request)).rejects.toThrow('give it as notificationsTable');
    expect(aws.requests).toEqual([]);
  });
});

describe('subscribing again', () => {
  const cancelled = (...CancellationReasons: readonly object[]): StandInAnswer => ({
    status: 400,
    headers: { 'x-amzn-errortype': 'TransactionCanceledException' },
    body: JSON.stringify({ CancellationReasons }),
  });
  const conflict = cancelled({ Code: 'TransactionConflict' });
  const isThere = cancelled(
    { Code: 'None' },
    { Code: 'ConditionalCheckFailed', Item: { sk: { S: 'a=' }, askedAt: { N: '1' } } },
  );

  it('takes no more time for both of its transactions together than for one', async () => {
    const clock = new VirtualClock(0);
    const isFresh = () => clock.now() < 16_000;
    let wasThere = false;
    const store = await storeOn(() => {
      if (isFresh() || wasThere) return conflict;
      wasThere = true;
      return isThere;
    }, clock);

    await expect(
      store.subscribe({ connectionId: 'a=', channel: 'news', expiresAt: 60, askedAt: 1, inOrder: false }),
    ).rejects.toThrow();

    expect(wasThere).toBe(true);
    expect(clock.now()).toBeLessThanOrEqual(18_500);
  });
});
