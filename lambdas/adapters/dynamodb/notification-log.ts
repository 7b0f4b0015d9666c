import type { DynamoDBClient, WriteRequest } from '@aws-sdk/client-dynamodb';
import { monotonicFactory } from 'ulid';
import type { Clock } from '../../ports/clock.ts';
import type { NewNotification, NotificationLog } from '../../ports/notification-log.ts';
import { writeAll } from './paging.ts';

export interface DynamoDbNotificationLogOptions {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  /** Name of the Notifications table. */
  readonly table: string;
  /** After that many seconds the table may forget a notification. */
  readonly retentionInSeconds: number;
}

export class DynamoDbNotificationLog implements NotificationLog {
  readonly #client: DynamoDBClient;
  readonly #clock: Clock;
  readonly #table: string;
  readonly #retentionInSeconds: number;
  /** Ids of one environment ascend within a millisecond too. */
  readonly #nextId = monotonicFactory();

  constructor(options: DynamoDbNotificationLogOptions) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#table = options.table;
    this.#retentionInSeconds = options.retentionInSeconds;
  }

  async append(notifications: readonly NewNotification[]): Promise<void> {
    for (const round of roundsOfDistinctChannels(notifications)) {
      const writes = round.map((notification) => this.#put(notification));
      await writeAll(this.#client, this.#clock, this.#table, writes);
    }
  }

  #put(notification: NewNotification): WriteRequest {
    const now = this.#clock.now();
    return {
      PutRequest: {
        Item: {
          channel: { S: notification.channel },
          id: { S: this.#nextId(now) },
          event: { S: notification.event },
          data: { S: notification.data },
          ...(notification.socketId !== undefined && { socketId: { S: notification.socketId } }),
          createdAt: { S: new Date(now).toISOString() },
          expiresAt: { N: String(Math.floor(now / 1_000) + this.#retentionInSeconds) },
        },
      },
    };
  }
}

/**
 * The stream keeps the order in which rows were written, and a batch is written in no particular order: so what belongs
 * to one channel is written one after the other, and only different channels share a batch.
 */
function roundsOfDistinctChannels(notifications: readonly NewNotification[]): NewNotification[][] {
  const rounds: NewNotification[][] = [];
  const written = new Map<string, number>();
  for (const notification of notifications) {
    const round = written.get(notification.channel) ?? 0;
    written.set(notification.channel, round + 1);
    const companions = rounds[round];
    if (companions === undefined) {
      rounds[round] = [notification];
    } else {
      companions.push(notification);
    }
  }
  return rounds;
}
