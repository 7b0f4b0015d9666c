import {
  DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKnownTables } from '../../../local/runtime/dynamodb/known-table.ts';
import { createOngoingTransactions } from '../../../local/runtime/dynamodb/ongoing-transactions.ts';
import { type Doorway, openDoorway } from '../setup/doorway.ts';

const orders = {
  name: 'orders',
  arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/orders',
  attributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  keySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
};
const key = (pk: string, sk = '1') => ({ pk: { S: pk }, sk: { S: sk } });
const on = (Key: object, TableName = 'orders') => ({ TableName, Key });
const writing = (...entries: object[]) => ({ TransactItems: entries });

function door() {
  const tables = createKnownTables();
  tables.add({ definition: orders });
  const enter = createOngoingTransactions(tables);
  const refusal = (operation: string, input: object): unknown => {
    try {
      enter(operation, input as Record<string, unknown>)();
      return undefined;
    } catch (error) {
      return error;
    }
  };
  return { enter, refusal };
}

describe('an item that a transaction writes', () => {
  it.each(['PutItem', 'UpdateItem', 'DeleteItem'])(
    'refuses a %s until the transaction is over',
    (operation) => {
      const { enter, refusal } = door();
      const leave = enter('TransactWriteItems', writing({ Update: on(key('a')) }));
      const write =
        operation === 'PutItem'
          ? { TableName: 'orders', Item: { ...key('a'), n: { N: '1' } } }
          : on(key('a'));

      expect(refusal(operation, write)).toMatchObject({ code: 'TransactionConflictException', status: 400 });
      leave();
      expect(refusal(operation, write)).toBeUndefined();
    },
  );

  it.each(['TransactWriteItems', 'TransactGetItems'])('cancels another %s, item by item', (operation) => {
    const { enter, refusal } = door();
    enter('TransactWriteItems', writing({ ConditionCheck: on(key('a')) }, { Delete: on(key('b')) }));

    const entries = ['c', 'b'].map((pk) => ({
      [operation === 'TransactGetItems' ? 'Get' : 'Update']: on(key(pk)),
    }));
    expect(refusal(operation, writing(...entries))).toMatchObject({
      code: 'TransactionCanceledException',
      message: expect.stringContaining('[None, TransactionConflict]'),
      details: { CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }] },
    });
  });

  it('may be one of several tables', () => {
    const { enter, refusal } = door();
    const leave = enter(
      'TransactWriteItems',
      writing({ Update: on(key('a')) }, { Put: { TableName: 'lines', Item: key('b') } }),
    );

    const entries = [on(key('b')), on(key('b'), 'lines')].map((Update) => ({ Update }));
    expect(refusal('TransactWriteItems', writing(...entries))).toMatchObject({
      message: expect.stringContaining('[None, TransactionConflict]'),
    });
    expect(refusal('PutItem', { TableName: 'lines', Item: key('b') })).toMatchObject({
      code: 'TransactionConflictException',
    });
    leave();
    expect(refusal('TransactWriteItems', writing(...entries))).toBeUndefined();
  });

  it('is the same one however its table and key are written', () => {
    const { enter, refusal } = door();
    enter(
      'TransactWriteItems',
      writing({ Put: { TableName: 'orders', Item: { n: { N: '1' }, ...key('a') } } }),
    );

    const { pk, sk } = key('a');
    expect(refusal('DeleteItem', on({ sk, pk }, orders.arn))).toMatchObject({
      code: 'TransactionConflictException',
    });
  });

  it('stands in the way of no other item, and of no reader', () => {
    const { enter, refusal } = door();
    enter('TransactWriteItems', writing({ Update: on(key('a')) }));

    expect(refusal('DeleteItem', on(key('a', '2')))).toBeUndefined();
    expect(refusal('DeleteItem', on(key('b')))).toBeUndefined();
    expect(refusal('DeleteItem', on(key('a'), 'lines'))).toBeUndefined();
    expect(refusal('GetItem', on(key('a')))).toBeUndefined();
    expect(refusal('TransactWriteItems', writing({ Update: on(key('b')) }))).toBeUndefined();
  });

  it('is not taken by a transaction that was itself cancelled, nor by one that reads', () => {
    const { enter, refusal } = door();
    const leave = enter('TransactWriteItems', writing({ Update: on(key('a')) }));
    refusal('TransactWriteItems', writing({ Update: on(key('a')) }, { Update: on(key('b')) }));
    enter('TransactGetItems', writing({ Get: on(key('c')) }));

    expect(refusal('DeleteItem', on(key('b')))).toBeUndefined();
    expect(refusal('DeleteItem', on(key('c')))).toBeUndefined();
    expect(refusal('DeleteItem', on(key('a')))).toBeDefined();
    leave();
  });
});

describe('transactions at the same time through the door', () => {
  let doorway: Doorway;
  let client: DynamoDBClient;
  beforeAll(async () => {
    doorway = await openDoorway();
    await doorway.world.tables.create(orders);
    const operator = doorway.world.iam.issueKey({ name: 'operator', roleArn: 'operator' });
    client = new DynamoDBClient({ ...doorway.clientOf(operator), maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await doorway.stop();
  });

  it('conflict on one item, and what was not cancelled was done', async () => {
    const increment = () =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Update: {
                ...on(key('counter')),
                UpdateExpression: 'ADD n :one',
                ExpressionAttributeValues: { ':one': { N: '1' } },
              } as never,
            },
          ],
        }),
      );

    const outcomes: PromiseSettledResult<unknown>[] = [];
    const failed = () =>
      outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    // On a busy machine all forty of a round may come one after the other.
    for (let round = 0; round < 50 && failed().length === 0; round += 1) {
      outcomes.push(...(await Promise.allSettled(Array.from({ length: 40 }, increment))));
    }

    const failures = failed();
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(TransactionCanceledException);
      expect(failure.CancellationReasons).toMatchObject([{ Code: 'TransactionConflict' }]);
    }
    const { Item } = await client.send(
      new GetItemCommand({ TableName: 'orders', Key: key('counter'), ConsistentRead: true }),
    );
    expect(Item?.n).toEqual({ N: String(outcomes.length - failures.length) });
  });
});
