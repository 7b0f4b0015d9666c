import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDbSubscriptionStore } from '../../../../lambdas/adapters/dynamodb/subscription-store.ts';
import { type AwsStandIn, json, type StandInAnswer, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

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
