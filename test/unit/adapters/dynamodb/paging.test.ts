import { DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { queryPages, readAll, writeAll } from '../../../../lambdas/adapters/dynamodb/paging.ts';
import { type AwsStandIn, json, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

let aws: AwsStandIn | undefined;
afterEach(async () => {
  await aws?.stop();
});

const clientOf = ({ endpoint }: AwsStandIn) =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

const pauses: number[] = [];
const clock = {
  now: () => 0,
  sleep: async (milliseconds: number) => {
    pauses.push(milliseconds);
  },
};

const put = (name: string): WriteRequest => ({ PutRequest: { Item: { pk: { S: name } } } });
const puts = (count: number) => Array.from({ length: count }, (_, index) => put(`row-${index}`));

describe('a query', () => {
  it('follows LastEvaluatedKey to the end and skips empty pages', async () => {
    const pages = [
      { Items: [{ sk: { S: 'a' } }], LastEvaluatedKey: { pk: { S: 'x' }, sk: { S: 'a' } } },
      { Items: [], LastEvaluatedKey: { pk: { S: 'x' }, sk: { S: 'b' } } },
      { Items: [{ sk: { S: 'c' } }, { sk: { S: 'd' } }] },
    ];
    aws = await startAwsStandIn((_, index) => json(pages[index]));
    const found: unknown[] = [];
    for await (const page of queryPages(clientOf(aws), { TableName: 'table' })) {
      found.push(page.map(({ sk }) => sk?.S));
    }
    expect(found).toEqual([['a'], ['c', 'd']]);
    expect(aws.requests.map(({ body }) => JSON.parse(body).ExclusiveStartKey?.sk?.S)).toEqual([
      undefined,
      'a',
      'b',
    ]);
  });
});

describe('writing many rows', () => {
  const sizesOf = ({ requests }: AwsStandIn) =>
    requests.map(({ body }) => JSON.parse(body).RequestItems.table.length);

  it('sends at most 25 a batch', async () => {
    aws = await startAwsStandIn(() => json({ UnprocessedItems: {} }));
    await writeAll(clientOf(aws), clock, 'table', puts(60));
    expect(sizesOf(aws)).toEqual([25, 25, 10]);
  });

  it('sends again what was left unprocessed, and only that, after a pause', async () => {
    pauses.length = 0;
    aws = await startAwsStandIn((_, index) =>
      json({ UnprocessedItems: index === 0 ? { table: [put('row-1'), put('row-2')] } : {} }),
    );
    await writeAll(clientOf(aws), clock, 'table', puts(3));
    expect(sizesOf(aws)).toEqual([3, 2]);
    expect(JSON.parse(aws.requests[1]?.body ?? '').RequestItems.table).toEqual([put('row-1'), put('row-2')]);
    expect(pauses).toHaveLength(1);
  });

  it('throws when rows stay unprocessed, saying how many', async () => {
    aws = await startAwsStandIn(() => json({ UnprocessedItems: { table: [put('row-1')] } }));
    await expect(writeAll(clientOf(aws), clock, 'table', puts(3))).rejects.toThrow(
      '1 of 3 writes to table table were still unprocessed after 8 attempts',
    );
    expect(aws.requests).toHaveLength(8);
  });
});

describe('reading many rows', () => {
  const keys = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ pk: { S: `row-${index}` } }));
  const asked = ({ requests }: AwsStandIn) =>
    requests.map(({ body }) => JSON.parse(body).RequestItems.table.Keys.length);

  it('asks for at most 100 a batch, consistently', async () => {
    aws = await startAwsStandIn(() => json({ Responses: { table: [{ pk: { S: 'found' } }] } }));
    expect(await readAll(clientOf(aws), clock, 'table', keys(230))).toHaveLength(3);
    expect(asked(aws)).toEqual([100, 100, 30]);
    expect(JSON.parse(aws.requests[2]?.body ?? '').RequestItems.table.ConsistentRead).toBe(true);
  });

  it('asks again for what was left unprocessed, and only that, after a pause', async () => {
    pauses.length = 0;
    const answers = [
      {
        Responses: { table: [{ pk: { S: 'row-0' } }] },
        UnprocessedKeys: { table: { Keys: keys(2).slice(1) } },
      },
      { Responses: { table: [{ pk: { S: 'row-1' } }] } },
    ];
    aws = await startAwsStandIn((_, index) => json(answers[index]));
    expect(await readAll(clientOf(aws), clock, 'table', keys(2))).toEqual(keys(2));
    expect(asked(aws)).toEqual([2, 1]);
    expect(pauses).toHaveLength(1);
  });

  it('throws when rows stay unread, saying how many', async () => {
    aws = await startAwsStandIn(() => json({ UnprocessedKeys: { table: { Keys: keys(1) } } }));
    await expect(readAll(clientOf(aws), clock, 'table', keys(3))).rejects.toThrow(
      '1 of 3 reads from table table were still unprocessed after 8 attempts',
    );
  });
});
