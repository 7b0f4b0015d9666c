import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../world.ts';
import type { Item } from './attribute-value.ts';
import { type Engine, EngineError } from './engine.ts';
import type { KnownTable } from './known-table.ts';
import type { EngineRecord } from './stream-record.ts';

/** Items that expired longer ago are left alone, as DynamoDB leaves them. */
const fiveYearsInSeconds = 5 * 365 * 86_400;

/**
 * Deletes expired items, which the embedded engine's server does not, and remembers which removals were its own.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export function createTimeToLive(engine: Engine) {
  /** Deletions of ours whose stream record nobody has seen, and the sequence numbers of those that were seen. */
  const deleted = new Set<string>();
  const recognized = new Set<string>();

  async function sweepTable({ definition }: KnownTable, attribute: string, now: number): Promise<void> {
    const names = { '#ttl': attribute };
    let ExclusiveStartKey: Item | undefined;
    do {
      const page: { Items?: Item[]; LastEvaluatedKey?: Item } = await engine.ask('DynamoDB_20120810.Scan', {
        TableName: definition.name,
        FilterExpression: '#ttl BETWEEN :oldest AND :now',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: {
          ':oldest': { N: String(now - fiveYearsInSeconds) },
          ':now': { N: String(now) },
        },
        ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
      });
      for (const item of page.Items ?? []) {
        const Key = Object.fromEntries(
          definition.keySchema.map(({ AttributeName: name }) => [name, item[name] ?? {}]),
        );
        const mark = markOf(definition.name, Key, item[attribute]);
        deleted.add(mark);
        try {
          await engine.ask('DynamoDB_20120810.DeleteItem', {
            TableName: definition.name,
            Key,
            ConditionExpression: '#ttl = :ttl',
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: { ':ttl': item[attribute] },
          });
        } catch (failure) {
          deleted.delete(mark);
          if (!(failure instanceof EngineError)) throw failure;
        }
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  return {
    /** Deletes what has expired by `now`, in epoch seconds. */
    sweep: async (tables: readonly KnownTable[], now: number): Promise<void> => {
      for (const table of tables) {
        const attribute = table.definition.timeToLiveAttribute;
        if (attribute) await sweepTable(table, attribute, now);
      }
    },
    isExpiry: ({ definition }: KnownTable, { dynamodb }: EngineRecord): boolean => {
      const sequence = `${definition.name}/${dynamodb.SequenceNumber}`;
      if (recognized.has(sequence)) return true;
      const attribute = definition.timeToLiveAttribute ?? '';
      if (!deleted.delete(markOf(definition.name, dynamodb.Keys, dynamodb.OldImage?.[attribute])))
        return false;
      recognized.add(sequence);
      return true;
    },
  };
}

function markOf(tableName: string, keys: Item, expiresAt: unknown): string {
  const sorted = Object.entries(keys).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([tableName, sorted, expiresAt]);
}

/** Sweeps again and again until the execution stops. */
export function sweepRegularly(
  world: Pick<World, 'limits' | 'logs' | 'onStart' | 'onStop'>,
  sweep: () => Promise<void>,
): void {
  const stopping = new AbortController();
  let sweeping: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await sleep(world.limits.timeToLiveSweepInterval, undefined, { signal: stopping.signal });
        await sweep();
      } catch (failure) {
        if (!stopping.signal.aborted) world.logs.write('dynamodb', `time to live: ${String(failure)}`);
      }
    }
  }

  world.onStart(() => {
    sweeping = run();
  });
  world.onStop(async () => {
    stopping.abort();
    await sweeping;
  });
}
