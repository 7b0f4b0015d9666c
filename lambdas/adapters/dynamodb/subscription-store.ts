import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { monotonicFactory } from 'ulid';
import type {
  Audience,
  SubscribeOutcome,
  SubscribeRequest,
  Subscription,
  SubscriptionPlace,
  SubscriptionStore,
} from '../../ports/subscription-store.ts';
import { markOf } from '../../protocol/sequence-number.ts';
import { writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { subscriptionKey } from './keys.ts';
import { clearLagging, markLagging } from './lagging-marks.ts';
import { leaveChannel, leaveChannels } from './leave-transaction.ts';
import { nowInSeconds } from './row-lifetime.ts';
import { numberOf, readRow } from './row-read.ts';
import { subscribeToChannel } from './subscribe-transaction.ts';
import type { SubscribeTables } from './subscribe-writes.ts';
import { type FoundSubscription, findSubscription, rememberedShards } from './subscription-places.ts';
import { readAudience, readSubscribers } from './subscription-reads.ts';
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
      remembered: rememberedShards(),
    };
  }

  async subscribe(request: SubscribeRequest): Promise<SubscribeOutcome> {
    return await subscribeToChannel(this.#tables, request);
  }

  async find(connectionId: string, channel: string): Promise<Subscription | undefined> {
    const found = await findSubscription(this.#tables, { connectionId, channel });
    return found && this.#valid(found);
  }

  async findAt(place: SubscriptionPlace): Promise<Subscription | undefined> {
    const row = await readRow(this.#tables.client, this.#tables.table, subscriptionKey(place));
    return row && this.#valid({ place, row });
  }

  async markJoined(place: SubscriptionPlace, entryId: string, sequenceNumber: string): Promise<void> {
    const { client, clock, table } = this.#tables;
    await writeConditionally(clock, () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: subscriptionKey(place),
          UpdateExpression: 'REMOVE joining SET hearsAfter = :mark',
          ConditionExpression: 'joining = :entry',
          ExpressionAttributeValues: { ':entry': { S: entryId }, ':mark': { S: markOf(sequenceNumber) } },
        }),
      ),
    );
  }

  async unsubscribe(connectionId: string, channel: string, askedAt: number): Promise<void> {
    await leaveChannel(this.#tables, { connectionId, channel }, { before: askedAt });
  }

  async audienceOf(channel: string, most: number): Promise<Audience> {
    return await readAudience(this.#tables, channel, most);
  }

  subscribersOf(channel: string, shard: number, after?: string): AsyncGenerator<readonly Subscription[]> {
    return readSubscribers(this.#tables, channel, shard, after);
  }

  async removeAll(connectionId: string, channels: readonly string[]): Promise<void> {
    await leaveChannels(this.#tables, connectionId, channels);
  }

  async markLagging(place: SubscriptionPlace, sequenceNumber: string): Promise<boolean> {
    return await markLagging(this.#tables, place, sequenceNumber);
  }

  async isOwed(place: SubscriptionPlace, sequenceNumber: string): Promise<boolean> {
    const row = await readRow(this.#tables.client, this.#tables.table, subscriptionKey(place));
    const mark = markOf(sequenceNumber);
    const { lagging, hearsAfter } = row ?? {};
    return !this.#isPast(numberOf(row?.until)) && (lagging?.S ?? '') >= mark && mark >= (hearsAfter?.S ?? '');
  }

  async clearLagging(place: SubscriptionPlace, sequenceNumber: string): Promise<void> {
    await clearLagging(this.#tables, place, sequenceNumber);
  }

  #valid({ place, row }: FoundSubscription): Subscription | undefined {
    const subscription = readSubscription(row, place.shard);
    return this.#isPast(subscription.expiresAt) ? undefined : subscription;
  }

  /** `until`: epoch seconds. */
  #isPast(until: number): boolean {
    return until <= nowInSeconds(this.#tables.clock);
  }
}
