import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { monotonicFactory } from 'ulid';
import type {
  SubscribeOutcome,
  SubscribeRequest,
  Subscription,
  SubscriptionStore,
} from '../../ports/subscription-store.ts';
import { markOf } from '../../protocol/sequence-number.ts';
import { writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { removeExpiredConnections } from './expired-connections.ts';
import { channelPartition, subscriptionKey } from './keys.ts';
import { clearLagging, markLagging } from './lagging-marks.ts';
import { leaveChannel, leaveChannels } from './leave-transaction.ts';
import { type Item, queryPages } from './paging.ts';
import { readRow } from './row-read.ts';
import { type SubscribeTables, subscribeToChannel } from './subscribe-transaction.ts';
import { readSubscription } from './subscription-row.ts';

export interface DynamoDbSubscriptionStoreOptions extends ConnectionsTable {
  /** Name of the Notifications table; only whoever subscribes to channels that tell it in order has to say it. */
  readonly notificationsTable?: string;
  /** Only whoever subscribes connections has to say it. @default 0 */
  readonly maxChannelsPerConnection?: number;
}

export class DynamoDbSubscriptionStore implements SubscriptionStore {
  readonly #tables: SubscribeTables;

  constructor(options: DynamoDbSubscriptionStoreOptions) {
    this.#tables = {
      client: options.client,
      clock: options.clock,
      table: options.table,
      notificationsTable: options.notificationsTable,
      maxChannels: options.maxChannelsPerConnection ?? 0,
      nextId: monotonicFactory(),
    };
  }

  async subscribe(request: SubscribeRequest): Promise<SubscribeOutcome> {
    return await subscribeToChannel(this.#tables, request);
  }

  async find(connectionId: string, channel: string): Promise<Subscription | undefined> {
    const row = await this.#liveRow(connectionId, channel);
    return row === undefined ? undefined : readSubscription(row);
  }

  async markJoined(connectionId: string, channel: string, entryId: string): Promise<void> {
    const { client, clock, table } = this.#tables;
    await writeConditionally(clock, () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: subscriptionKey(channel, connectionId),
          UpdateExpression: 'REMOVE joining',
          ConditionExpression: 'joining = :entry',
          ExpressionAttributeValues: { ':entry': { S: entryId } },
        }),
      ),
    );
  }

  async unsubscribe(connectionId: string, channel: string, askedAt: number): Promise<void> {
    await leaveChannel(this.#tables, { connectionId, channel }, { before: askedAt });
  }

  async *subscribersOf(channel: string): AsyncGenerator<readonly Subscription[]> {
    const pages = queryPages(this.#tables.client, {
      TableName: this.#tables.table,
      KeyConditionExpression: 'pk = :channel',
      ExpressionAttributeValues: { ':channel': { S: channelPartition(channel) } },
      ConsistentRead: true,
    });
    for await (const rows of pages) {
      const subscriptions = rows.map(readSubscription);
      const live = subscriptions.filter((subscription) => this.#isLive(subscription));
      if (live.length > 0) {
        yield live;
      }
      const expired = subscriptions.filter((subscription) => !this.#isLive(subscription));
      await removeExpiredConnections(
        this.#tables,
        expired.map(({ connectionId }) => connectionId),
      );
    }
  }

  async removeAll(connectionId: string, channels: readonly string[]): Promise<void> {
    await leaveChannels(this.#tables, connectionId, channels);
  }

  async markLagging(connectionId: string, channel: string, sequenceNumber: string): Promise<boolean> {
    return await markLagging(this.#tables, { connectionId, channel, sequenceNumber });
  }

  async isOwed(connectionId: string, channel: string, sequenceNumber: string): Promise<boolean> {
    const row = await this.#liveRow(connectionId, channel);
    return row !== undefined && (row.lagging?.S ?? '') >= markOf(sequenceNumber);
  }

  async clearLagging(connectionId: string, channel: string, sequenceNumber: string): Promise<void> {
    await clearLagging(this.#tables, { connectionId, channel, sequenceNumber });
  }

  async #liveRow(connectionId: string, channel: string): Promise<Item | undefined> {
    const row = await readRow(
      this.#tables.client,
      this.#tables.table,
      subscriptionKey(channel, connectionId),
    );
    return row !== undefined && this.#isLive(readSubscription(row)) ? row : undefined;
  }

  #isLive({ expiresAt }: Subscription): boolean {
    return expiresAt > Math.floor(this.#tables.clock.now() / 1_000);
  }
}
