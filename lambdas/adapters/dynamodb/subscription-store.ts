import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import type { SubscribeOutcome, Subscription, SubscriptionStore } from '../../ports/subscription-store.ts';
import { writeItem } from './item-write.ts';
import { channelPartition, connectionKey, subscriptionKey } from './keys.ts';
import { type Item, queryPages, writeAll } from './paging.ts';
import { markOf } from './sequence-mark.ts';
import { writeTransaction } from './transaction.ts';

export interface DynamoDbSubscriptionStoreOptions {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  /** Name of the Connections table. */
  readonly table: string;
  /** Only whoever subscribes connections has to say it. @default 0 */
  readonly maxChannelsPerConnection?: number;
}

export class DynamoDbSubscriptionStore implements SubscriptionStore {
  readonly #client: DynamoDBClient;
  readonly #clock: Clock;
  readonly #table: string;
  readonly #maxChannels: number;

  constructor(options: DynamoDbSubscriptionStoreOptions) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#table = options.table;
    this.#maxChannels = options.maxChannelsPerConnection ?? 0;
  }

  async subscribe(request: {
    readonly connectionId: string;
    readonly channel: string;
    readonly expiresAt: number;
    readonly askedAt: number;
  }): Promise<SubscribeOutcome> {
    const { connectionId, channel } = request;
    const now = this.#nowInSeconds();
    const outcome = await writeTransaction(this.#client, this.#clock, [
      this.#joinChannel(connectionId, channel, now),
      {
        // An update rather than a put: subscribing again must lose neither the marks of deliveries that are waiting nor the
        // time since when notifications are owed.
        Update: {
          TableName: this.#table,
          Key: subscriptionKey(channel, connectionId),
          UpdateExpression:
            'SET expiresAt = :expiresAt, askedAt = :askedAt, since = if_not_exists(since, :now)',
          ExpressionAttributeValues: {
            ':askedAt': { N: String(request.askedAt) },
            ':expiresAt': { N: String(request.expiresAt) },
            ':now': { N: String(now) },
          },
        },
      },
    ]);
    if (outcome.kind === 'done') {
      return 'subscribed';
    }
    return outcome.existing !== undefined && mayAct(outcome.existing, now) ? 'too-many-channels' : 'gone';
  }

  async unsubscribe(connectionId: string, channel: string, askedAt: number): Promise<void> {
    const leaving = {
      TableName: this.#table,
      Key: subscriptionKey(channel, connectionId),
      ConditionExpression: 'attribute_not_exists(askedAt) OR askedAt < :askedAt',
      ExpressionAttributeValues: { ':askedAt': { N: String(askedAt) } },
    };
    const outcome = await writeTransaction(this.#client, this.#clock, [
      {
        Update: {
          TableName: this.#table,
          Key: connectionKey(connectionId),
          UpdateExpression: 'DELETE channels :channel',
          // Without it the update would create the row of a connection that is gone.
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':channel': { SS: [channel] } },
        },
      },
      { Delete: leaving },
    ]);
    if (outcome.kind === 'done') return;
    try {
      // The connection is gone, or its client has come back to the channel meanwhile: the same condition tells.
      await writeItem(this.#clock, () => this.#client.send(new DeleteItemCommand(leaving)));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async *subscribersOf(channel: string): AsyncGenerator<readonly Subscription[]> {
    const pages = queryPages(this.#client, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :channel',
      ExpressionAttributeValues: { ':channel': { S: channelPartition(channel) } },
      ConsistentRead: true,
    });
    for await (const rows of pages) {
      const now = this.#nowInSeconds();
      const live = rows.map(readSubscription).filter(({ expiresAt }) => expiresAt > now);
      if (live.length > 0) {
        yield live;
      }
    }
  }

  async removeAll(connectionId: string, channels: readonly string[]): Promise<void> {
    await writeAll(
      this.#client,
      this.#clock,
      this.#table,
      channels.map((channel) => ({ DeleteRequest: { Key: subscriptionKey(channel, connectionId) } })),
    );
  }

  async markLagging(connectionId: string, channel: string, sequenceNumber: string): Promise<boolean> {
    const { refused, existing } = await this.#updateMark(connectionId, channel, sequenceNumber, {
      UpdateExpression: 'SET lagging = :mark',
      ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(lagging) OR lagging < :mark)',
    });
    // Refused with a row: it waits for this one or a later one already.
    return !refused || existing !== undefined;
  }

  async isOwed(connectionId: string, channel: string, sequenceNumber: string): Promise<boolean> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: subscriptionKey(channel, connectionId),
        ConsistentRead: true,
      }),
    );
    return (
      Item !== undefined &&
      numberOf(Item.expiresAt) > this.#nowInSeconds() &&
      (Item.lagging?.S ?? '') >= markOf(sequenceNumber)
    );
  }

  async clearLagging(connectionId: string, channel: string, sequenceNumber: string): Promise<void> {
    await this.#updateMark(connectionId, channel, sequenceNumber, {
      UpdateExpression: 'REMOVE lagging',
      ConditionExpression: 'lagging = :mark',
    });
  }

  #joinChannel(connectionId: string, channel: string, now: number): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: connectionKey(connectionId),
        UpdateExpression: 'ADD channels :added',
        ConditionExpression:
          'attribute_exists(pk) AND attribute_not_exists(refusal) AND expiresAt > :now AND ' +
          '(attribute_not_exists(channels) OR size(channels) < :most OR contains(channels, :channel))',
        ExpressionAttributeValues: {
          ':added': { SS: [channel] },
          ':channel': { S: channel },
          ':most': { N: String(this.#maxChannels) },
          ':now': { N: String(now) },
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }

  /** Whether the condition refused it, and then the row as it is, where there is one. */
  async #updateMark(
    connectionId: string,
    channel: string,
    sequenceNumber: string,
    expressions: { readonly UpdateExpression: string; readonly ConditionExpression: string },
  ): Promise<{ readonly refused: boolean; readonly existing?: Item | undefined }> {
    try {
      await writeItem(this.#clock, () =>
        this.#client.send(
          new UpdateItemCommand({
            TableName: this.#table,
            Key: subscriptionKey(channel, connectionId),
            ...expressions,
            ExpressionAttributeValues: { ':mark': { S: markOf(sequenceNumber) } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      return { refused: false };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { refused: true, existing: error.Item };
      }
      throw error;
    }
  }

  #nowInSeconds(): number {
    return Math.floor(this.#clock.now() / 1_000);
  }
}

function mayAct(connection: Item, now: number): boolean {
  return connection.refusal === undefined && numberOf(connection.expiresAt) > now;
}

function readSubscription(row: Item): Subscription {
  return {
    connectionId: row.sk?.S ?? '',
    expiresAt: numberOf(row.expiresAt),
    since: numberOf(row.since),
    lagging: row.lagging !== undefined,
  };
}

function numberOf(attribute: AttributeValue | undefined): number {
  return Number(attribute?.N ?? 0);
}
