import type { Item } from './attribute-value.ts';
import { type KnownTables, partitionKeyOf, tableName } from './known-table.ts';

/** What IAM has to allow for a request to be served. */
export interface RequiredAction {
  readonly action: string;
  readonly resource: string;
  /** `dynamodb:LeadingKeys`: values of the partition key that it touches. */
  readonly leadingKeys: () => string[];
}

type Input = Readonly<Record<string, unknown>>;

export interface DynamoDbArns {
  readonly tables: KnownTables;
  /** `arn:aws:dynamodb:us-east-1:123456789012:` */
  readonly arnPrefix: string;
}

/** Members of a TransactWriteItems entry, and the action each is authorized as. */
const transactActions: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

const itemOperations = new Set([
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'DescribeTable',
  'DescribeTimeToLive',
]);
const streamOperations = new Set(['DescribeStream', 'GetShardIterator', 'GetRecords']);

/**
 * The actions behind an operation: a transaction is authorized item by item as the single operations, a batch as itself
 * on each table, a query of an index on the index. Undefined for operations that only the operator may use here.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function requiredActions(
  operation: string,
  input: Input,
  arns: DynamoDbArns,
): RequiredAction[] | undefined {
  if (itemOperations.has(operation)) return [onTable(operation, input, arns)];
  if (streamOperations.has(operation))
    return [plain(operation, String(input.StreamArn ?? streamOfIterator(input)))];
  switch (operation) {
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.entries((input.RequestItems ?? {}) as Record<string, unknown>).map(([table, requests]) =>
        onBatch(operation, table, requests, arns),
      );
    case 'TransactWriteItems':
      return transactEntries(input).flatMap(([member, entry]) => {
        const action = transactActions[member];
        return action ? [onTable(action, entry, arns)] : [];
      });
    case 'TransactGetItems':
      return transactEntries(input).map(([, entry]) => onTable('GetItem', entry, arns));
    case 'ListTables':
    case 'ListStreams':
      return [plain(operation, '*')];
    default:
      return undefined;
  }
}

function plain(operation: string, resource: string): RequiredAction {
  return { action: `dynamodb:${operation}`, resource, leadingKeys: () => [] };
}

function onTable(operation: string, input: Input, arns: DynamoDbArns): RequiredAction {
  const table = String(input.TableName);
  const index = input.IndexName === undefined ? '' : `/index/${String(input.IndexName)}`;
  return {
    action: `dynamodb:${operation}`,
    resource: `${arns.arnPrefix}table/${tableName(table)}${index}`,
    leadingKeys: () => leadingKeys(table, [input.Key ?? input.Item], input, arns),
  };
}

function onBatch(operation: string, table: string, requests: unknown, arns: DynamoDbArns): RequiredAction {
  const items = Array.isArray(requests)
    ? requests.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key)
    : ((requests as { Keys?: unknown[] }).Keys ?? []);
  return {
    action: `dynamodb:${operation}`,
    resource: `${arns.arnPrefix}table/${tableName(table)}`,
    leadingKeys: () => leadingKeys(table, items, {}, arns),
  };
}

function transactEntries(input: Input): [member: string, entry: Input][] {
  return ((input.TransactItems ?? []) as Record<string, Input>[]).flatMap((item) => Object.entries(item));
}

function leadingKeys(table: string, items: readonly unknown[], input: Input, arns: DynamoDbArns): string[] {
  const key = partitionKeyOf(arns.tables.named(table));
  if (key === undefined) return [];
  const values = items.map((item) => (item as Item | undefined)?.[key]);
  return [...values, queriedKey(key, input)]
    .filter((value) => value !== undefined)
    .map((value) => String(Object.values(value)[0]));
}

/** A query names its partition by equality and in no other way. */
function queriedKey(key: string, input: Input): Item[string] | undefined {
  const names = (input.ExpressionAttributeNames ?? {}) as Record<string, string>;
  const values = (input.ExpressionAttributeValues ?? {}) as Item;
  for (const [, name = '', value = ''] of String(input.KeyConditionExpression ?? '').matchAll(
    /([#\w.-]+)\s*=\s*(:\w+)/g,
  )) {
    if ((names[name] ?? name) === key) return values[value];
  }
  return undefined;
}

/** Iterators begin with the ARN of their stream. */
function streamOfIterator(input: Input): string {
  return String(input.ShardIterator ?? '').split('|', 1)[0] ?? '';
}
