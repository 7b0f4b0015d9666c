import { AwsError } from '../aws-answer.ts';
import type { Item } from './attribute-value.ts';
import type { KnownTables } from './known-table.ts';

type Input = Readonly<Record<string, unknown>>;

const itemWrites = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);
const transactions = new Set(['TransactWriteItems', 'TransactGetItems']);

/**
 * Engines take one request after the other, so that nothing ever meets a transaction; DynamoDB refuses what comes while one writes the
 * same item. The items of a transaction are taken from its arrival to the engine's answer, which is shorter than on AWS.
 * Not emulated: what a BatchWriteItem or a single write that is under way would refuse to a transaction that reads.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export function createOngoingTransactions(tables: KnownTables) {
  const taken = new Set<string>();

  /** Throws what DynamoDB answers when an item of the request is taken. To be called back when the request is over. */
  return function enter(operation: string, input: Input): () => void {
    if (itemWrites.has(operation)) {
      if (taken.has(itemOf(input, tables))) {
        throw new AwsError('TransactionConflictException', 'Transaction is ongoing for the item');
      }
    } else if (transactions.has(operation)) {
      const items = entriesOf(input).map((entry) => itemOf(entry, tables));
      if (items.some((item) => taken.has(item))) throw cancelled(items.map((item) => taken.has(item)));
      if (operation === 'TransactWriteItems') return take(items);
    }
    return () => undefined;
  };

  function take(items: readonly string[]): () => void {
    for (const item of items) taken.add(item);
    return () => {
      for (const item of items) taken.delete(item);
    };
  }
}

function cancelled(conflicts: readonly boolean[]): AwsError {
  const reasons = conflicts.map((conflict) =>
    conflict
      ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
      : { Code: 'None' },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

/** The one action that each entry of a transaction has. */
function entriesOf({ TransactItems = [] }: Input): Input[] {
  return (TransactItems as Record<string, Input>[]).flatMap((entry) => Object.values(entry));
}

/** One name for an item, whoever writes it and in whichever order its key is written. */
function itemOf(input: Input, tables: KnownTables): string {
  const name = String(input.TableName);
  const definition = tables.named(name)?.definition;
  const attributes = (input.Key ?? input.Item ?? {}) as Item;
  const key = definition?.keySchema.map(({ AttributeName }) => attributes[AttributeName]);
  return JSON.stringify([definition?.name ?? name, key]);
}
