import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { CountTurn, Occupancy, OccupancyStore } from '../../ports/occupancy-store.ts';
import { ChangedRowError, readAndWrite } from './changed-row.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { countOfKey, occupancyPartition, occupiedKey, occupiedPartitions } from './keys.ts';
import { type Item, queryPages, readAll } from './paging.ts';
import { numberOf, readRow } from './row-read.ts';
import { type TransactionOutcome, writeTransaction } from './transaction.ts';

/**
 * Whoever is told that a channel has become occupied, or vacated, by the answer to a write must get the same answer when the SDK repeats
 * the write because the answer was lost: so each of these writes is a transaction, which its token tells from another one.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#DDB-TransactWriteItems-request-ClientRequestToken
 */
export class DynamoDbOccupancyStore implements OccupancyStore {
  readonly #rows: ConnectionsTable;

  constructor(options: ConnectionsTable) {
    this.#rows = options;
  }

  async countsOf(channel: string): Promise<Occupancy> {
    const counts = { subscriptions: 0, members: 0 };
    const pages = queryPages(this.#rows.client, {
      TableName: this.#rows.table,
      KeyConditionExpression: 'pk = :occupancy',
      ExpressionAttributeValues: { ':occupancy': { S: occupancyPartition(channel) } },
      ConsistentRead: true,
    });
    for await (const rows of pages) {
      for (const row of rows) {
        const count = countOfKey(row.pk?.S ?? '', row.sk?.S ?? '');
        if (count !== undefined) counts[count.counted] += numberOf(row.count);
      }
    }
    return counts;
  }

  async occupy(channel: string): Promise<boolean> {
    return await readAndWrite(this.#rows.clock, async () => {
      const created = await this.#write({
        Put: {
          TableName: this.#rows.table,
          Item: { ...occupiedKey(channel), since: { N: String(this.#rows.clock.now()) } },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      });
      if (created.kind === 'done') return true;
      if (created.existing?.vacantSince === undefined) return false;
      const kept = await this.#write({
        Update: {
          TableName: this.#rows.table,
          Key: occupiedKey(channel),
          UpdateExpression: 'REMOVE vacantSince',
          ConditionExpression: 'attribute_exists(pk)',
        },
      });
      // Vacated meanwhile: then it becomes occupied anew.
      if (kept.kind === 'refused') throw new ChangedRowError(`the occupied channel ${channel}`);
      return false;
    });
  }

  async empty(channel: string, since: number): Promise<boolean> {
    const outcome = await this.#write({
      Update: {
        TableName: this.#rows.table,
        Key: occupiedKey(channel),
        UpdateExpression: 'SET vacantSince = :since',
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(vacantSince) OR vacantSince = :since)',
        ExpressionAttributeValues: { ':since': { N: String(since) } },
      },
    });
    return outcome.kind === 'done';
  }

  async vacate(channel: string, since: number): Promise<boolean> {
    const outcome = await this.#write({
      Delete: {
        TableName: this.#rows.table,
        Key: occupiedKey(channel),
        ConditionExpression: 'vacantSince = :since',
        ExpressionAttributeValues: { ':since': { N: String(since) } },
      },
    });
    return outcome.kind === 'done';
  }

  async *occupiedChannels(prefix: string): AsyncGenerator<readonly string[]> {
    for (const partition of occupiedPartitions()) {
      const pages = queryPages(this.#rows.client, {
        TableName: this.#rows.table,
        // No key begins with nothing, to DynamoDB.
        KeyConditionExpression: prefix === '' ? 'pk = :list' : 'pk = :list AND begins_with(sk, :prefix)',
        FilterExpression: 'attribute_not_exists(vacantSince)',
        ExpressionAttributeValues: {
          ':list': { S: partition },
          ...(prefix !== '' && { ':prefix': { S: prefix } }),
        },
        ConsistentRead: true,
      });
      for await (const rows of pages) {
        yield rows.map(({ sk }) => sk?.S ?? '');
      }
    }
  }

  async occupiedOf(channels: readonly string[]): Promise<ReadonlySet<string>> {
    const { client, clock, table } = this.#rows;
    const rows = await readAll(client, clock, table, [...new Set(channels)].map(occupiedKey));
    return new Set(rows.map(({ sk }) => sk?.S ?? ''));
  }

  async takeCountTurn(channel: string, intervalInMilliseconds: number): Promise<CountTurn> {
    return await readAndWrite(this.#rows.clock, async () => {
      const row = await readRow(this.#rows.client, this.#rows.table, occupiedKey(channel));
      // Nobody listens, so there is nobody to tell.
      if (row === undefined) return { turn: 'awaited' };
      const told = readTelling(row);
      const now = this.#rows.clock.now();
      if (told?.attribute === 'countDue' && told.at > now) return { turn: 'awaited' };
      const at = told === undefined ? now : told.at + intervalInMilliseconds;
      return at <= now
        ? await this.#noteTelling(channel, told, { attribute: 'countedAt', at: now }, { turn: 'now' })
        : await this.#noteTelling(channel, told, { attribute: 'countDue', at }, { turn: 'later', at });
    });
  }

  async #noteTelling(
    channel: string,
    before: Telling | undefined,
    { attribute, at }: Telling,
    turn: CountTurn,
  ): Promise<CountTurn> {
    const outcome = await this.#write({
      Update: {
        TableName: this.#rows.table,
        Key: occupiedKey(channel),
        UpdateExpression: `SET ${attribute} = :at REMOVE ${attribute === 'countDue' ? 'countedAt' : 'countDue'}`,
        ConditionExpression:
          before === undefined
            ? 'attribute_exists(pk) AND attribute_not_exists(countedAt) AND attribute_not_exists(countDue)'
            : `${before.attribute} = :before`,
        ExpressionAttributeValues: {
          ':at': { N: String(at) },
          ...(before !== undefined && { ':before': { N: String(before.at) } }),
        },
      },
    });
    if (outcome.kind === 'refused') throw new ChangedRowError(`the occupied channel ${channel}`);
    return turn;
  }

  async #write(write: TransactWriteItem): Promise<TransactionOutcome> {
    return await writeTransaction(this.#rows.client, this.#rows.clock, [write]);
  }
}

/** When the count of an occupied channel was told last (`countedAt`), or will be whatever comes until then (`countDue`). */
interface Telling {
  readonly attribute: 'countedAt' | 'countDue';
  /** Epoch milliseconds. */
  readonly at: number;
}

function readTelling({ countedAt, countDue }: Item): Telling | undefined {
  if (countDue?.N !== undefined) return { attribute: 'countDue', at: Number(countDue.N) };
  return countedAt?.N === undefined ? undefined : { attribute: 'countedAt', at: Number(countedAt.N) };
}
