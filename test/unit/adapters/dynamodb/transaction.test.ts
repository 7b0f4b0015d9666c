import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { writeTransaction } from '../../../../lambdas/adapters/dynamodb/transaction.ts';
import {
  type AwsStandIn,
  failure,
  json,
  type StandInAnswer,
  startAwsStandIn,
} from '../../../setup/aws-stand-in.ts';

let aws: AwsStandIn | undefined;
afterEach(async () => {
  await aws?.stop();
});

const clock = { now: () => 0, sleep: () => Promise.resolve() };

async function write(answer: (index: number) => StandInAnswer, token?: string) {
  aws = await startAwsStandIn((_, index) => answer(index));
  const client = new DynamoDBClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return await writeTransaction(
    client,
    clock,
    [{ Delete: { TableName: 'table', Key: { pk: { S: 'a' } } } }],
    token,
  );
}

const cancelled = (...reasons: readonly object[]): StandInAnswer => ({
  status: 400,
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-errortype': 'TransactionCanceledException',
  },
  body: JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: 'Transaction cancelled',
    CancellationReasons: reasons,
  }),
});

describe('a transaction', () => {
  it('says which condition was not met, and what it met', async () => {
    const outcome = await write(() =>
      cancelled({ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'met' } } }),
    );
    expect(outcome).toEqual({ kind: 'refused', write: 1, existing: { pk: { S: 'met' } } });
    expect(aws?.requests).toHaveLength(1);
  });

  it('is repeated when another transaction was in its way', async () => {
    const outcome = await write((index) =>
      index < 2 ? cancelled({ Code: 'None' }, { Code: 'TransactionConflict' }) : json({}),
    );
    expect(outcome).toEqual({ kind: 'done' });
    expect(aws?.requests).toHaveLength(3);
  });

  it('is repeated when a table was throttled', async () => {
    const outcome = await write((index) => (index === 0 ? cancelled({ Code: 'ThrottlingError' }) : json({})));
    expect(outcome).toEqual({ kind: 'done' });
  });

  it('keeps its token when it is repeated', async () => {
    await write((index) => (index === 0 ? cancelled({ Code: 'TransactionConflict' }) : json({})), 'token');
    expect(aws?.requests.map(({ body }) => JSON.parse(body).ClientRequestToken)).toEqual(['token', 'token']);
  });

  it('is given up after eight conflicts', async () => {
    await expect(write(() => cancelled({ Code: 'TransactionConflict' }))).rejects.toThrow(
      'Transaction cancelled',
    );
    expect(aws?.requests).toHaveLength(8);
  });

  it('is not repeated when it is wrong in itself', async () => {
    await expect(
      write(() => cancelled({ Code: 'TransactionConflict' }, { Code: 'ValidationError' })),
    ).rejects.toThrow('Transaction cancelled');
    expect(aws?.requests).toHaveLength(1);
  });

  it('passes on what is no cancellation', async () => {
    await expect(write(() => failure(400, 'AccessDeniedException', 'no grant'))).rejects.toThrow('no grant');
    expect(aws?.requests).toHaveLength(1);
  });
});
