import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { writeTransaction } from '../../../../lambdas/adapters/dynamodb/transaction.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';
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

let clock: VirtualClock;

async function write(answer: (index: number) => StandInAnswer) {
  clock = new VirtualClock(0);
  aws = await startAwsStandIn((_, index) => answer(index));
  const client = new DynamoDBClient(aws.clientOptions);
  return await writeTransaction(client, clock, [{ Delete: { TableName: 'table', Key: { pk: { S: 'a' } } } }]);
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
  it('says which conditions were not met, and what they met, the first one above all', async () => {
    const met = (name: string) => ({ pk: { S: name } });
    const outcome = await write(() =>
      cancelled(
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item: met('a') },
        { Code: 'TransactionConflict' },
        { Code: 'ConditionalCheckFailed' },
      ),
    );
    expect(outcome).toEqual({
      kind: 'refused',
      write: 1,
      existing: met('a'),
      refusals: [{ write: 1, existing: met('a') }, { write: 3 }],
    });
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

  it('is repeated for as long as a hundred others may be in its way', async () => {
    // However the waits fall, fifteen of them fit into its patience.
    const outcome = await write((index) =>
      index < 15 ? cancelled({ Code: 'TransactionConflict' }) : json({}),
    );
    expect(outcome).toEqual({ kind: 'done' });
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
