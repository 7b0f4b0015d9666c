import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import { jitteredBackoff } from '../system/backoff.ts';

export type Item = Record<string, AttributeValue>;

/** The most writes one BatchWriteItem takes. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const WRITES_A_BATCH = 25;
const ATTEMPTS = 8;
const BACKOFF_BASE_IN_MILLISECONDS = 50;
const BACKOFF_CEILING_IN_MILLISECONDS = 1_000;

/** A query to its end: one page an iteration, empty pages (of a filter) left out. */
export async function* queryPages(client: DynamoDBClient, query: QueryCommandInput): AsyncGenerator<Item[]> {
  let startKey: Item | undefined;
  do {
    const page = await client.send(new QueryCommand({ ...query, ExclusiveStartKey: startKey }));
    if (page.Items !== undefined && page.Items.length > 0) {
      yield page.Items;
    }
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
}

/**
 * Writes to the last: batches of 25, what a batch left unprocessed again after a pause. The order between the writes of
 * a batch is not defined. Throws when DynamoDB keeps leaving some of them unprocessed.
 */
export async function writeAll(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  writes: readonly WriteRequest[],
): Promise<void> {
  for (let start = 0; start < writes.length; start += WRITES_A_BATCH) {
    await writeBatch(client, clock, table, writes.slice(start, start + WRITES_A_BATCH));
  }
}

async function writeBatch(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  writes: readonly WriteRequest[],
): Promise<void> {
  let remaining = [...writes];
  for (let attempt = 1; ; attempt++) {
    const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: remaining } }));
    remaining = answer.UnprocessedItems?.[table] ?? [];
    if (remaining.length === 0) {
      return;
    }
    if (attempt === ATTEMPTS) {
      throw new Error(
        `${remaining.length} of ${writes.length} writes to table ${table} were still unprocessed after ${ATTEMPTS} ` +
          'attempts: DynamoDB is throttling the table; the caller has to try again later.',
      );
    }
    await clock.sleep(
      jitteredBackoff(attempt, BACKOFF_BASE_IN_MILLISECONDS, BACKOFF_CEILING_IN_MILLISECONDS),
    );
  }
}
