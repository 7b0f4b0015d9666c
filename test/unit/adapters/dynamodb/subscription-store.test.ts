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

const PLACE = { connectionId: 'a=', channel: 'news', shard: 0 };

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

const row = (connectionId: string, until = 60) => ({
  sk: { S: connectionId },
  until: { N: String(until) },
});
const bodies = () => aws.requests.map(({ body }) => JSON.parse(body));
const operations = () => aws.requests.map(({ headers }) => String(headers['x-amz-target']).split('.')[1]);

describe('reading the subscribers of a shard', () => {
  const idsOf = async (pages: AsyncIterable<readonly { readonly connectionId: string }[]>) => {
    const found: string[][] = [];
    for await (const page of pages) found.push(page.map(({ connectionId }) => connectionId));
    return found;
  };

  it('goes page by page to the last, consistently, and asks for a page only when the one before was taken', async () => {
    const key = { pk: { S: 'channel#3#news' }, sk: { S: 'b=' } };
    const store = await storeOn((index) =>
      json(index === 0 ? { Items: [row('a='), row('b=')], LastEvaluatedKey: key } : { Items: [row('c=')] }),
    );
    const requestsSeen: number[] = [];
    const found: object[] = [];
    for await (const page of store.subscribersOf('news', 3)) {
      requestsSeen.push(aws.requests.length);
      found.push(page.map(({ connectionId, shard }) => ({ connectionId, shard })));
    }
    expect(found).toEqual([
      [
        { connectionId: 'a=', shard: 3 },
        { connectionId: 'b=', shard: 3 },
      ],
      [{ connectionId: 'c=', shard: 3 }],
    ]);
    expect(requestsSeen).toEqual([1, 2]);
    const query = {
      ConsistentRead: true,
      Limit: 500,
      KeyConditionExpression: 'pk = :channel AND sk > :after',
      ExpressionAttributeValues: { ':channel': { S: 'channel#3#news' }, ':after': { S: '$' } },
    };
    expect(bodies()).toMatchObject([query, { ...query, ExclusiveStartKey: key }]);
  });

  it('goes on behind a connection', async () => {
    const store = await storeOn(() => json({ Items: [row('c=')] }));
    expect(await idsOf(store.subscribersOf('news', 3, 'b='))).toEqual([['c=']]);
    expect(bodies()).toMatchObject([{ ExpressionAttributeValues: { ':after': { S: 'b=' } } }]);
  });

  it('goes on past pages on which nobody lives, and yields none', async () => {
    const key = { pk: { S: 'channel#3#news' }, sk: { S: 'b=' } };
    const pages = [
      { Items: [row('a=', 0)], LastEvaluatedKey: key },
      { Items: [], LastEvaluatedKey: key },
      { Items: [row('c=')] },
    ];
    const store = await storeOn(() => {
      const isQuery = operations().at(-1) === 'Query';
      return json(isQuery ? pages[operations().filter((operation) => operation === 'Query').length - 1] : {});
    });
    expect(await idsOf(store.subscribersOf('news', 3))).toEqual([['c=']]);
  });
});

describe('looking at who listens', () => {
  const shards = { sk: { S: '#shards' }, shards: { N: '4' } };
  const queue = { sk: { S: '#queue' }, queued: { S: '2' }, done: { S: '1' } };
  const look = async (Items: readonly object[], more = {}) => {
    const store = await storeOn((index) => json(index === 0 ? { Items, ...more } : {}));
    const { subscriptions, ...others } = await store.audienceOf('news', 2);
    return { ...others, ids: subscriptions.map(({ connectionId }) => connectionId) };
  };

  it('is one query, consistent, of whom it needs and the rows that may stand before them', async () => {
    expect(await look([queue, shards, row('a='), row('b=')])).toEqual({
      shards: 4,
      isQueued: true,
      ids: ['a=', 'b='],
      isComplete: true,
    });
    expect(operations()).toEqual(['Query']);
    expect(bodies()).toMatchObject([
      {
        ConsistentRead: true,
        Limit: 5,
        ExpressionAttributeValues: { ':channel': { S: 'channel#news' } },
      },
    ]);
  });

  it.each([
    ['more rows than wanted', [row('a='), row('b='), row('c=')], {}],
    ['the end of the page', [row('a=')], { LastEvaluatedKey: { pk: { S: 'p' }, sk: { S: 'a=' } } }],
  ])('does not take for all what is followed by others, by %s', async (_, rows, more) => {
    expect(await look(rows, more)).toMatchObject({
      ids: rows.slice(0, 2).map(({ sk }) => sk.S),
      isComplete: false,
    });
  });

  it.each([
    ['that has never been used', {}, false],
    ['with an entry that was never done', { queued: { S: '1' } }, true],
    ['with a later entry than was done', { queued: { S: '2' }, done: { S: '1' } }, true],
    ['with nothing but what was done', { queued: { S: '2' }, done: { S: '2' } }, false],
    ['of which less is known than was done', { done: { S: '2' } }, false],
  ])('tells of a queue %s', async (_, more, isQueued) => {
    expect(await look([{ sk: { S: '#queue' }, ...more }])).toMatchObject({ isQueued, ids: [] });
  });
});

describe('a connection whose time has come, found among the subscribers', () => {
  const rows = json({ Items: [row('a='), row('b=', 0)] });
  const ways: [string, (store: DynamoDbSubscriptionStore) => Promise<readonly string[]>][] = [
    [
      'page by page',
      async (store) => {
        const found: string[] = [];
        for await (const page of store.subscribersOf('news', 0)) {
          found.push(...page.map(({ connectionId }) => connectionId));
        }
        return found;
      },
    ],
    [
      'at one look',
      async (store) =>
        (await store.audienceOf('news', 500)).subscriptions.map(({ connectionId }) => connectionId),
    ],
  ];
  const foundOn = async (answer: StandInAnswer, way: (typeof ways)[number][1]) =>
    await way(await storeOn((index) => (index === 0 ? rows : answer)));

  it.each(ways)('is removed as TTL would, and nobody else is: %s', async (_, way) => {
    expect(await foundOn(json({}), way)).toEqual(['a=']);
    expect(bodies().slice(1)).toMatchObject([
      {
        Key: { pk: { S: 'connection#b=' }, sk: { S: 'connection' } },
        ConditionExpression: 'expiresAt <= :now',
        ExpressionAttributeValues: { ':now': { N: '0' } },
      },
    ]);
  });

  it.each(ways)('is left to TTL when it cannot be removed: %s', async (_, way) => {
    expect(await foundOn(failure(400, 'AccessDeniedException'), way)).toEqual(['a=']);
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
  it.each([
    ['marks a delivery as waiting', (store) => store.markLagging(PLACE, '1')],
    ['takes the mark back', (store) => store.clearLagging(PLACE, '1')],
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
    expect(await store.markLagging(PLACE, '1')).toBe(false);
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
    expect(written().filter((writes) => writes !== undefined)).toEqual([20, 16]);
    expect(aws.requests.at(-1)?.body).not.toMatch(/channel-(1|9)"/);
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
    expect(operations()).toEqual(['GetItem']);
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
    {
      Code: 'ConditionalCheckFailed',
      Item: { expiresAt: { N: '60' }, channels: { SS: ['news'] } },
    },
    { Code: 'ConditionalCheckFailed', Item: { sk: { S: 'a=' }, askedAt: { N: '1' } } },
  );

  it('takes no more time for both of its transactions together than for one', async () => {
    const clock = new VirtualClock(0);
    const isFresh = () => clock.now() < 16_000;
    let wasThere = false;
    const store = await storeOn(() => {
      if (operations().at(-1) === 'GetItem') return json({});
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
