import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DeliveryProgress, Progress } from '../../ports/delivery-progress.ts';
import { markOf } from '../../protocol/sequence-number.ts';
import { writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { queueKey, shardsKey } from './keys.ts';
import type { Item } from './paging.ts';
import { DAY_IN_SECONDS, nowInSeconds } from './row-lifetime.ts';
import { readRow } from './row-read.ts';
import { readSpread } from './shards-row.ts';

/** A row a shard, for as long as anything has gone through the queue within a day: no entry is delivered that late. */
export class DynamoDbDeliveryProgress implements DeliveryProgress {
  readonly #rows: ConnectionsTable;

  constructor(rows: ConnectionsTable) {
    this.#rows = rows;
  }

  async noteQueued(channel: string, sequenceNumber: string): Promise<number> {
    const { client, table } = this.#rows;
    // Side by side: whoever subscribes from now on has come after the entry, over however many shards the channel is spread by then.
    const [shards] = await Promise.all([
      readRow(client, table, shardsKey(channel)),
      this.#note(channel, 0, sequenceNumber, {
        set: 'queued = :mark',
        condition: 'attribute_not_exists(queued) OR queued < :mark',
      }),
    ]);
    return readSpread(shards, nowInSeconds(this.#rows.clock)).toRead;
  }

  async progressOf(channel: string, shard: number, sequenceNumber: string): Promise<Progress> {
    const row = await readRow(this.#rows.client, this.#rows.table, queueKey(channel, shard));
    const mark = markOf(sequenceNumber);
    if (row?.done?.S === mark) return 'done';
    const after = row?.entry?.S === mark ? row.after?.S : undefined;
    return after === undefined ? {} : { after };
  }

  async notePassed(
    channel: string,
    shard: number,
    sequenceNumber: string,
    connectionId: string,
  ): Promise<void> {
    await this.#note(channel, shard, sequenceNumber, {
      set: 'entry = :mark, #after = :after',
      names: { '#after': 'after' },
      values: { ':after': { S: connectionId } },
    });
  }

  async noteDone(channel: string, shard: number, sequenceNumber: string): Promise<void> {
    await this.#note(channel, shard, sequenceNumber, {
      set: 'done = :mark',
      condition: 'attribute_not_exists(done) OR done < :mark',
    });
  }

  /** Refused: a later entry is noted there, or this one. */
  async #note(
    channel: string,
    shard: number,
    sequenceNumber: string,
    what: {
      readonly set: string;
      readonly condition?: string;
      readonly names?: Record<string, string>;
      readonly values?: Item;
    },
  ): Promise<void> {
    const { client, clock, table } = this.#rows;
    await writeConditionally(clock, () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: queueKey(channel, shard),
          UpdateExpression: `SET ${what.set}, expiresAt = :expiresAt`,
          ConditionExpression: what.condition,
          ExpressionAttributeNames: what.names,
          ExpressionAttributeValues: {
            ':mark': { S: markOf(sequenceNumber) },
            ':expiresAt': { N: String(nowInSeconds(this.#rows.clock) + DAY_IN_SECONDS) },
            ...what.values,
          },
        }),
      ),
    );
  }
}
