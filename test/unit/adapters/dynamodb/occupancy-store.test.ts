import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDbOccupancyStore } from '../../../../lambdas/adapters/dynamodb/occupancy-store.ts';
import { DynamoDbPresenceStore } from '../../../../lambdas/adapters/dynamodb/presence-store.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';
import { type AwsStandIn, json, type StandInAnswer, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

async function rowsOn(answer: (index: number) => StandInAnswer) {
  aws = await startAwsStandIn((_, index) => answer(index));
  const client = new DynamoDBClient(aws.clientOptions);
  return { client, clock: new VirtualClock(), table: 'connections' };
}

const bodies = () => aws.requests.map(({ body }) => JSON.parse(body));

describe('what is told by the answer to a write', () => {
  it('is the same when the write is repeated for its answer was lost', async () => {
    const store = new DynamoDbOccupancyStore(await rowsOn((index) => (index === 0 ? 'drop' : json({}))));
    expect(await store.occupy('news')).toBe(true);
    const [lost, repeated] = bodies();
    expect(lost.ClientRequestToken).toEqual(expect.any(String));
    expect(repeated.ClientRequestToken).toBe(lost.ClientRequestToken);
  });
});

describe('a channel that is vacated while somebody comes back', () => {
  it('becomes occupied anew', async () => {
    const refused = (reason: object) => ({
      status: 400,
      headers: { 'x-amzn-errortype': 'TransactionCanceledException' },
      body: JSON.stringify({ CancellationReasons: [{ Code: 'ConditionalCheckFailed', ...reason }] }),
    });
    const empty = { Item: { pk: { S: 'occupied#0' }, vacantSince: { N: '5' } } };
    const answers = [refused(empty), refused({}), json({})];
    const store = new DynamoDbOccupancyStore(await rowsOn((index) => answers[index] ?? json({})));
    expect(await store.occupy('news')).toBe(true);
    expect(bodies().map(({ TransactItems }) => Object.keys(TransactItems[0])[0])).toEqual([
      'Put',
      'Update',
      'Put',
    ]);
  });
});

describe('what is read in pages', () => {
  const key = { pk: { S: 'x' }, sk: { S: 'y' } };

  it('is counted to the last', async () => {
    const count = (sk: string, n: string) => ({ pk: { S: 'occupancy#a' }, sk: { S: sk }, count: { N: n } });
    const pages = [
      { Items: [count('members#1', '2')], LastEvaluatedKey: key },
      { Items: [count('members#2', '1'), count('subscriptions#1', '3')] },
    ];
    const store = new DynamoDbOccupancyStore(await rowsOn((index) => json(pages[index])));
    expect(await store.countsOf('a')).toEqual({ subscriptions: 3, members: 3 });
    expect(bodies().every(({ ConsistentRead }) => ConsistentRead)).toBe(true);
  });

  it('is listed to the last, in every one of the lists', async () => {
    const store = new DynamoDbOccupancyStore(
      await rowsOn((index) =>
        json({ Items: [{ sk: { S: `channel-${index}` } }], ...(index === 0 && { LastEvaluatedKey: key }) }),
      ),
    );
    const found: string[] = [];
    for await (const page of store.occupiedChannels('channel-')) found.push(...page);
    expect(found).toHaveLength(9);
    const lists = bodies().map(({ ExpressionAttributeValues }) => ExpressionAttributeValues[':list'].S);
    expect(new Set(lists).size).toBe(8);
  });

  it('is put in order only when it is complete', async () => {
    const member = (userId: string, joinId: string) => ({ sk: { S: userId }, joinId: { S: joinId } });
    const pages = [
      { Items: [member('1', 'C')], LastEvaluatedKey: key },
      { Items: [member('2', 'A'), member('3', 'B')] },
    ];
    const store = new DynamoDbPresenceStore(await rowsOn((index) => json(pages[index])));
    expect((await store.membersOf('a')).map(({ userId }) => userId)).toEqual(['2', '3', '1']);
  });
});

describe('a departure', () => {
  it('names the setting that is missing', async () => {
    const row = { connections: { N: '0' }, absentSince: { N: '5' } };
    const store = new DynamoDbPresenceStore(await rowsOn(() => json({ Item: row })));
    await expect(store.depart({ channel: 'a', userId: '7', since: 5 })).rejects.toThrow(
      'give it as notificationsTable',
    );
    expect(aws.requests).toHaveLength(1);
  });
});
