import {
  type AttributeValue,
  BatchGetItemCommand,
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
/** The same of BatchGetItem, and its keys. */
const KEYS_A_BATCH = 100;
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
 * The rows that there are of these keys, in no particular order, consistently: batches of 100, what a batch left unprocessed again after a
 * pause. Throws when DynamoDB keeps leaving some of them unprocessed. No key may be there twice.
 */
export async function readAll(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  keys: readonly Item[],
): Promise<Item[]> {
  const found: Item[] = [];
  for (let start = 0; start < keys.length; start += KEYS_A_BATCH) {
    await finishBatch(
      clock,
      `reads from table ${table}`,
      keys.slice(start, start + KEYS_A_BATCH),
      async (Keys) => {
        const answer = await client.send(
          new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
        );
        found.push(...(answer.Responses?.[table] ?? []));
        return answer.UnprocessedKeys?.[table]?.Keys ?? [];
      },
    );
  }
  return found;
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
    await finishBatch(
      clock,
      `writes to table ${table}`,
      writes.slice(start, start + WRITES_A_BATCH),
      async (batch) => {
        const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: batch } }));
        return answer.UnprocessedItems?.[table] ?? [];
      },
    );
  }
}

/** `send` resolves to what was left unprocessed; `requests` says what they are. */
async function finishBatch<Request>(
  clock: Clock,
  requests: string,
  batch: readonly Request[],
  send: (batch: Request[]) => Promise<Request[]>,
): Promise<void> {
  let remaining = [...batch];
  for (let attempt = 1; ; attempt++) {
    remaining = await send(remaining);
    if (remaining.length === 0) {
      return;
    }
    if (attempt === ATTEMPTS) {
      throw new Error(
        `${remaining.length} of ${batch.length} ${requests} were still unprocessed after ${ATTEMPTS} ` +
          'attempts: DynamoDB is throttling the table; the caller has to try again later.',
      );
    }
    await clock.sleep(
      jitteredBackoff(attempt, BACKOFF_BASE_IN_MILLISECONDS, BACKOFF_CEILING_IN_MILLISECONDS),
    );
  }
}
