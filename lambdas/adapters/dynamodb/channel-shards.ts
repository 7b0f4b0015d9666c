import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ChannelShards } from '../../ports/channel-shards.ts';
import { writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { shardsKey } from './keys.ts';
import type { Item } from './paging.ts';
import { KEPT_FOR_REMOVAL_IN_SECONDS, nowInSeconds } from './row-lifetime.ts';
import { readRow } from './row-read.ts';
import { READ_AFTER_SHRINKING_IN_SECONDS, readSpread, shardsFor } from './shards-row.ts';

export class DynamoDbChannelShards implements ChannelShards {
  readonly #rows: ConnectionsTable;

  constructor(rows: ConnectionsTable) {
    this.#rows = rows;
  }

  /** Whoever is refused has been overtaken by somebody who has counted too; the next hundred of subscriptions is counted again. */
  async fit(channel: string, subscriptions: number): Promise<void> {
    const { client, table } = this.#rows;
    const row = await readRow(client, table, shardsKey(channel));
    const { shards } = readSpread(row, nowInSeconds(this.#rows.clock));
    const fitting = shardsFor(subscriptions, shards);
    if (fitting > shards) await this.#grow(channel, fitting);
    if (fitting < shards) await this.#shrink(channel, fitting, row ?? {});
  }

  /** Readers go by the new number at once, before anybody can have subscribed by it. */
  async #grow(channel: string, shards: number): Promise<void> {
    await this.#update(channel, {
      UpdateExpression: 'SET shards = :shards REMOVE expiresAt',
      ConditionExpression: 'attribute_not_exists(shards) OR shards < :shards',
      ExpressionAttributeValues: { ':shards': { N: String(shards) } },
    });
  }

  async #shrink(channel: string, shards: number, row: Item): Promise<void> {
    const now = nowInSeconds(this.#rows.clock);
    const widerUntil = now + READ_AFTER_SHRINKING_IN_SECONDS;
    const { toRead, toSearch } = readSpread(row, now);
    // Of one shard there needs to be no row, once nothing can be left in another one.
    const expires = shards === 1;
    await this.#update(channel, {
      UpdateExpression: `SET shards = :shards, wider = :wider, widerUntil = :until, widest = :widest${
        expires ? ', expiresAt = :expiresAt' : ''
      }`,
      ConditionExpression: `shards = :shardsRead AND ${
        row.widerUntil === undefined ? 'attribute_not_exists(widerUntil)' : 'widerUntil = :untilRead'
      }`,
      ExpressionAttributeValues: {
        ':shards': { N: String(shards) },
        ':wider': { N: String(toRead) },
        ':widest': { N: String(toSearch) },
        ':until': { N: String(widerUntil) },
        ...(expires && { ':expiresAt': { N: String(widerUntil + KEPT_FOR_REMOVAL_IN_SECONDS) } }),
        ':shardsRead': row.shards ?? { N: '1' },
        ...(row.widerUntil !== undefined && { ':untilRead': row.widerUntil }),
      },
    });
  }

  async #update(
    channel: string,
    expressions: {
      readonly UpdateExpression: string;
      readonly ConditionExpression: string;
      readonly ExpressionAttributeValues: Item;
    },
  ): Promise<void> {
    const { client, clock, table } = this.#rows;
    await writeConditionally(clock, () =>
      client.send(new UpdateItemCommand({ TableName: table, Key: shardsKey(channel), ...expressions })),
    );
  }
}
