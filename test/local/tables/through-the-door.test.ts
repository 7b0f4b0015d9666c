import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Doorway, openDoorway, type Statement } from '../setup/doorway.ts';

const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/orders';
const lines = arn.replace('orders', 'lines');
const clients: DynamoDBClient[] = [];
let doorway: Doorway;
let operator: DynamoDBClient;
let functions = 0;

beforeAll(async () => {
  doorway = await openDoorway();
  for (const name of ['orders', 'lines']) {
    await doorway.world.tables.create({
      name,
      arn: `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`,
      attributeDefinitions: ['pk', 'sk', 'owner'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      keySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      globalSecondaryIndexes: [
        {
          IndexName: 'by-owner',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      streamViewType: 'NEW_IMAGE',
    });
  }
  operator = clientOf(doorway.world.iam.issueKey({ name: 'operator', roleArn: 'operator' }));
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await doorway.stop();
});

function clientOf(key: Parameters<Doorway['clientOf']>[0]): DynamoDBClient {
  const client = new DynamoDBClient({ ...doorway.clientOf(key), maxAttempts: 1 });
  clients.push(client);
  return client;
}

function functionWith(...statements: Statement[]): DynamoDBClient {
  functions += 1;
  return clientOf(doorway.keyOf(`function-${functions}`, ...statements));
}

const may = (Action: string | string[], Resource: string | string[] = arn): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

const key = (pk: string, sk = '1') => ({ pk: { S: pk }, sk: { S: sk } });

const put = (pk: string) => new PutItemCommand({ TableName: 'orders', Item: key(pk) });

const query = new QueryCommand({
  TableName: 'orders',
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': { S: 'a' } },
});

const queryIndex = new QueryCommand({
  TableName: 'orders',
  IndexName: 'by-owner',
  KeyConditionExpression: '#o = :o',
  ExpressionAttributeNames: { '#o': 'owner' },
  ExpressionAttributeValues: { ':o': { S: 'a' } },
});

const transaction = new TransactWriteItemsCommand({
  TransactItems: [
    {
      Update: {
        TableName: 'orders',
        Key: key('t'),
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    },
    { Put: { TableName: 'lines', Item: key('t') } },
    { Delete: { TableName: 'lines', Key: key('u') } },
    {
      ConditionCheck: { TableName: 'orders', Key: key('v'), ConditionExpression: 'attribute_not_exists(pk)' },
    },
  ],
});

it('a transaction that gives more values than it uses is refused, though no condition of it is met', async () => {
  const refused = operator.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        {
          Delete: {
            TableName: 'orders',
            Key: key('nowhere'),
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':unused': { S: 'a' } },
          },
        },
      ],
    }),
  );

  await expect(refused).rejects.toMatchObject({ name: 'ValidationException' });
});

describe('a function does on a table what its role allows', () => {
  it.each<[string, Statement, { new (...input: never[]): unknown } | object]>([
    ['PutItem', may('dynamodb:PutItem'), put('a')],
    ['Query', may('dynamodb:Query'), query],
    ['Query of an index', may('dynamodb:Query', `${arn}/index/*`), queryIndex],
    [
      'a table named by its ARN',
      may('dynamodb:PutItem'),
      new PutItemCommand({ TableName: arn, Item: key('a') }),
    ],
    [
      'BatchWriteItem',
      may('dynamodb:BatchWriteItem', [arn, lines]),
      new BatchWriteItemCommand({
        RequestItems: {
          orders: [{ PutRequest: { Item: key('b') } }],
          lines: [{ DeleteRequest: { Key: key('b') } }],
        },
      }),
    ],
    [
      'BatchGetItem',
      may('dynamodb:BatchGetItem'),
      new BatchGetItemCommand({ RequestItems: { orders: { Keys: [key('b')] } } }),
    ],
    [
      'TransactGetItems, as GetItem',
      may('dynamodb:GetItem'),
      new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: 'orders', Key: key('a') } }] }),
    ],
  ])('%s', async (_, statement, command) => {
    await expect(functionWith(statement).send(command as never)).resolves.toBeDefined();
    const other = functionWith(may('dynamodb:Scan', '*'));
    await expect(other.send(command as never)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('and is told in the words of AWS what it may not', async () => {
    const client = functionWith(may('dynamodb:Query'));
    await expect(client.send(put('a'))).rejects.toThrow(
      new RegExp(
        `^User: arn:aws:sts::123456789012:assumed-role/function-\\d+-role/function-\\d+ is not authorized to perform: dynamodb:PutItem on resource: ${arn} because no identity-based policy allows the dynamodb:PutItem action$`,
      ),
    );
    expect(doorway.logs.at(-1)).toMatch(
      /^\[iam\] function-\d+ was denied dynamodb:PutItem on resource: arn:.*table\/orders/,
    );
  });

  it('the table alone does not cover its index', async () => {
    const client = functionWith(may('dynamodb:Query'));
    await expect(client.send(queryIndex)).rejects.toThrow(`${arn}/index/by-owner because`);
  });

  it('a transaction is authorized as the actions of its items, each on its table', async () => {
    const all = [may(['dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem']), may(['dynamodb:*Item'], lines)];
    await functionWith(...all).send(transaction);
    const withoutCheck = functionWith(may('dynamodb:UpdateItem'), may('dynamodb:*Item', lines));
    await expect(withoutCheck.send(transaction)).rejects.toThrow('dynamodb:ConditionCheckItem');
    const withoutLines = functionWith(may('dynamodb:*'));
    await expect(withoutLines.send(transaction)).rejects.toThrow(`dynamodb:PutItem on resource: ${lines}`);
    const byItsOwnName = functionWith(may('dynamodb:TransactWriteItems', '*'));
    await expect(byItsOwnName.send(transaction)).rejects.toThrow('dynamodb:UpdateItem');
  });

  it('an action that may not be checked is refused, not waved through', async () => {
    const client = functionWith(may('dynamodb:*', '*'));
    const { ExecuteStatementCommand } = await import('@aws-sdk/client-dynamodb');
    await expect(
      client.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM orders' })),
    ).rejects.toThrow('The local execution does not know dynamodb:ExecuteStatement.');
  });

  it('and only on the partitions that a condition names', async () => {
    const client = functionWith({
      ...may('dynamodb:*'),
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['mine-*', 'a'] } },
    });
    await client.send(put('mine-1'));
    await client.send(query);
    await expect(client.send(put('yours-1'))).rejects.toThrow('dynamodb:PutItem');
    await expect(
      client.send(
        new BatchWriteItemCommand({
          RequestItems: {
            orders: [{ PutRequest: { Item: key('mine-1') } }, { DeleteRequest: { Key: key('yours') } }],
          },
        }),
      ),
    ).rejects.toThrow('dynamodb:BatchWriteItem');
  });
});

describe('the operator is an API writer like any other', () => {
  it('and sees the tables under the names of the template', async () => {
    const { Table } = await operator.send(new DescribeTableCommand({ TableName: 'orders' }));
    expect(Table).toMatchObject({
      TableArn: arn,
      LatestStreamArn: expect.stringMatching(
        `^${arn}/stream/\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}$`,
      ),
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      GlobalSecondaryIndexes: [{ IndexName: 'by-owner', IndexArn: `${arn}/index/by-owner` }],
    });
  });
});

describe('the engine behaves as DynamoDB where the product relies on it', () => {
  const update = (pk: string, UpdateExpression: string, values: Record<string, unknown>, more = {}) =>
    operator.send(
      new UpdateItemCommand({
        TableName: 'orders',
        Key: key(pk),
        UpdateExpression,
        ExpressionAttributeValues: values as never,
        ReturnValues: 'ALL_NEW',
        ...more,
      }),
    );

  it('names the reason of each item of a cancelled transaction, with the item that was there', async () => {
    await operator.send(put('taken'));
    const failure = await operator
      .send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: 'orders', Item: key('fresh') } },
            {
              Put: {
                TableName: 'orders',
                Item: key('taken'),
                ConditionExpression: 'attribute_not_exists(pk)',
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
              },
            },
          ],
        }),
      )
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransactionCanceledException);
    const reasons = (failure as TransactionCanceledException).CancellationReasons;
    expect(reasons).toMatchObject([{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: key('taken') }]);
    const { Item } = await operator.send(
      new GetItemCommand({ TableName: 'orders', Key: key('fresh'), ConsistentRead: true }),
    );
    expect(Item).toBeUndefined();
  });

  it('performs a transaction with the same token once', async () => {
    const increment = new TransactWriteItemsCommand({
      ClientRequestToken: 'once',
      TransactItems: [
        {
          Update: {
            TableName: 'orders',
            Key: key('counter'),
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ],
    });
    await operator.send(increment);
    await operator.send(increment);
    const { Item } = await operator.send(new GetItemCommand({ TableName: 'orders', Key: key('counter') }));
    expect(Item?.n).toEqual({ N: '1' });
  });

  it('takes the size of a missing attribute for a condition that fails', async () => {
    const condition = { ConditionExpression: 'size(channels) < :n' };
    await expect(update('size', 'SET m = :n', { ':n': { N: '5' } }, condition)).rejects.toBeInstanceOf(
      ConditionalCheckFailedException,
    );
    await update(
      'size',
      'SET m = :n',
      { ':n': { N: '5' } },
      { ConditionExpression: 'attribute_not_exists(channels) OR size(channels) < :n' },
    );
  });

  it('removes a set with its last member', async () => {
    await update('set', 'ADD channels :c', { ':c': { SS: ['a', 'b'] } });
    await update('set', 'DELETE channels :c', { ':c': { SS: ['a'] } });
    const { Attributes } = await update('set', 'DELETE channels :c', { ':c': { SS: ['b'] } });
    expect(Attributes).toEqual(key('set'));
  });

  it('ends a page at a megabyte with the key to go on from', async () => {
    for (let index = 0; index < 12; index += 1) {
      await operator.send(
        new PutItemCommand({
          TableName: 'orders',
          Item: { ...key('page', String(index).padStart(2, '0')), data: { S: 'x'.repeat(100_000) } },
        }),
      );
    }
    const input = {
      TableName: 'orders',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'page' } },
      ConsistentRead: true,
    };
    const first = await operator.send(new QueryCommand(input));
    expect(first.Items?.length).toBeGreaterThan(8);
    expect(first.LastEvaluatedKey).toEqual(key('page', first.Items?.at(-1)?.sk?.S));
    const rest = await operator.send(
      new QueryCommand({ ...input, ExclusiveStartKey: first.LastEvaluatedKey }),
    );
    expect((first.Items?.length ?? 0) + (rest.Items?.length ?? 0)).toBe(12);
    expect(rest.LastEvaluatedKey).toBeUndefined();
  });

  it('refuses 26 writes in a batch and an item of more than 400 KB', async () => {
    const writes = Array.from({ length: 26 }, (_, index) => ({
      PutRequest: { Item: key('many', String(index)) },
    }));
    await expect(
      operator.send(new BatchWriteItemCommand({ RequestItems: { orders: writes } })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const big = { ...key('big'), data: { S: 'x'.repeat(400 * 1024) } };
    await expect(operator.send(new PutItemCommand({ TableName: 'orders', Item: big }))).rejects.toThrow(
      'Item size has exceeded the maximum allowed size',
    );
  });
});
