import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { SubscriptionPlace } from '../../ports/subscription-store.ts';
import type { UserStore } from '../../ports/user-store.ts';
import { watchlistChannelOf } from '../../protocol/channel.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { connectionKey, subscriptionKey, userKey, userPartition } from './keys.ts';
import { type Item, queryPages, writeAll } from './paging.ts';
import { nowInSeconds } from './row-lifetime.ts';
import { numberOf, readRow } from './row-read.ts';
import { subscriptionRow } from './subscription-row.ts';
import { writeTransaction } from './transaction.ts';

type Claim = Parameters<UserStore['claim']>[0];

export class DynamoDbUserStore implements UserStore {
  readonly #rows: ConnectionsTable;

  constructor(rows: ConnectionsTable) {
    this.#rows = rows;
  }

  async claim(claim: Claim): Promise<'claimed' | 'gone'> {
    const { connectionId, userId, expiresAt, watchlist } = claim;
    const watched = [...new Set(watchlist)];
    const outcome = await writeTransaction(this.#rows.client, this.#rows.clock, [
      this.#noteOnConnection(claim, watched),
      {
        Put: {
          TableName: this.#rows.table,
          Item: { ...userKey(userId, connectionId), expiresAt: { N: String(expiresAt) } },
        },
      },
    ]);
    if (outcome.kind === 'refused') return 'gone';
    if (watched.length === 0) return 'claimed';
    await this.#watch(connectionId, watched, expiresAt);
    if ((await this.#connection(connectionId)) !== undefined) return 'claimed';
    // Whoever has seen the removal may have been here before these rows were.
    await this.#unwatch(connectionId, watched);
    return 'gone';
  }

  async signedInUser(connectionId: string): Promise<string | undefined> {
    return (await this.#connection(connectionId))?.signedIn?.S;
  }

  async *connectionsOf(userId: string): AsyncGenerator<readonly string[]> {
    const pages = queryPages(this.#rows.client, {
      TableName: this.#rows.table,
      KeyConditionExpression: 'pk = :user',
      ExpressionAttributeValues: { ':user': { S: userPartition(userId) } },
      ConsistentRead: true,
    });
    for await (const rows of pages) {
      const now = nowInSeconds(this.#rows.clock);
      const live = rows.filter(({ expiresAt }) => numberOf(expiresAt) > now);
      if (live.length > 0) yield live.map(({ sk }) => sk?.S ?? '');
    }
  }

  async forget(connectionId: string, users: readonly string[], watched: readonly string[]): Promise<void> {
    await this.#delete([
      ...users.map((userId) => userKey(userId, connectionId)),
      ...watched.map((userId) => subscriptionKey(watchPlace(userId, connectionId))),
    ]);
  }

  #noteOnConnection(
    { connectionId, userId, watchlist }: Claim,
    watched: readonly string[],
  ): TransactWriteItem {
    const signsIn = watchlist !== undefined;
    const watches = watched.length > 0;
    return {
      Update: {
        TableName: this.#rows.table,
        Key: connectionKey(connectionId),
        UpdateExpression: [
          `ADD #users :user${watches ? ', watched :watched' : ''}`,
          ...(signsIn ? ['SET signedIn = :userId'] : []),
        ].join(' '),
        // What is not there is not later than now either.
        ConditionExpression: 'attribute_not_exists(refusal) AND expiresAt > :now',
        ExpressionAttributeNames: { '#users': 'users' },
        ExpressionAttributeValues: {
          ':user': { SS: [userId] },
          ':now': { N: String(nowInSeconds(this.#rows.clock)) },
          ...(signsIn && { ':userId': { S: userId } }),
          ...(watches && { ':watched': { SS: [...watched] } }),
        },
      },
    };
  }

  /**
   * Signing in again renews the rows with all they say: what waits for them in the retry queue is owed no more. Clients sign in
   * once a connection.
   */
  async #watch(connectionId: string, watched: readonly string[], expiresAt: number): Promise<void> {
    const askedAt = this.#rows.clock.now();
    const since = nowInSeconds(this.#rows.clock);
    await writeAll(
      this.#rows.client,
      this.#rows.clock,
      this.#rows.table,
      watched.map((userId) => {
        const place = watchPlace(userId, connectionId);
        const row = subscriptionRow({ place, until: expiresAt, since, askedAt });
        return { PutRequest: { Item: row } };
      }),
    );
  }

  async #unwatch(connectionId: string, watched: readonly string[]): Promise<void> {
    await this.#delete(watched.map((userId) => subscriptionKey(watchPlace(userId, connectionId))));
  }

  async #delete(keys: readonly Item[]): Promise<void> {
    await writeAll(
      this.#rows.client,
      this.#rows.clock,
      this.#rows.table,
      keys.map((Key) => ({ DeleteRequest: { Key } })),
    );
  }

  /** Undefined when it is gone, or when its time has come. */
  async #connection(connectionId: string): Promise<Item | undefined> {
    const row = await readRow(this.#rows.client, this.#rows.table, connectionKey(connectionId));
    return numberOf(row?.expiresAt) > nowInSeconds(this.#rows.clock) ? row : undefined;
  }
}

/** Who watches is counted nowhere, so that their channels are never spread: all are in the first shard. */
function watchPlace(watched: string, connectionId: string): SubscriptionPlace {
  return { connectionId, channel: watchlistChannelOf(watched), shard: 0 };
}
