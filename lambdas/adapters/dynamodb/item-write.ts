import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import { writePatiently } from './patient-write.ts';

/**
 * A put, update or delete of one item. DynamoDB refuses it while a transaction writes the same item; the SDK takes that for an
 * answer, so it is repeated here until the transaction is over. `send` sends the command, anew each time.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export async function writeItem<Output>(clock: Clock, send: () => Promise<Output>): Promise<Output> {
  return await writePatiently(clock, (failure) => failure instanceof TransactionConflictException, send);
}
