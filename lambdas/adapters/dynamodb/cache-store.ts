import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { CacheStore } from '../../ports/cache-store.ts';
import { markOf } from '../../protocol/sequence-number.ts';
import { writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { cacheKey } from './keys.ts';
import { numberOf, readRow } from './row-read.ts';

/** A row a channel. A frame has at most 128 KB, a row may have 400. */
export class DynamoDbCacheStore implements CacheStore {
  readonly #rows: ConnectionsTable;

  constructor(rows: ConnectionsTable) {
    this.#rows = rows;
  }

  async keep(
    channel: string,
    event: { readonly frame: string; readonly sequenceNumber: string; readonly expiresAt: number },
  ): Promise<void> {
    const mark = { S: markOf(event.sequenceNumber) };
    // Refused means that this event or a later one is kept already. What has expired counts too: an event that comes again
    // late must not take the place of one that came after it.
    await writeConditionally(this.#rows.clock, () =>
      this.#rows.client.send(
        new PutItemCommand({
          TableName: this.#rows.table,
          Item: {
            ...cacheKey(channel),
            frame: { S: event.frame },
            sequenceNumber: mark,
            expiresAt: { N: String(event.expiresAt) },
          },
          ConditionExpression: 'attribute_not_exists(sequenceNumber) OR sequenceNumber < :mark',
          ExpressionAttributeValues: { ':mark': mark },
        }),
      ),
    );
  }

  async frameOf(channel: string): Promise<string | undefined> {
    const row = await readRow(this.#rows.client, this.#rows.table, cacheKey(channel));
    return numberOf(row?.expiresAt) * 1_000 > this.#rows.clock.now() ? row?.frame?.S : undefined;
  }
}
