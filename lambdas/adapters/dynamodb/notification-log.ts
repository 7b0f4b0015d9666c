import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { monotonicFactory } from 'ulid';
import type { Clock } from '../../ports/clock.ts';
import type { NewNotification, NotificationLog, Origin } from '../../ports/notification-log.ts';
import type { NewChannelEntry } from '../../protocol/channel-entry.ts';
import { entryItem } from './entry-row.ts';
import { idOfOrigin } from './origin-id.ts';
import { type Item, writeAll } from './paging.ts';

export interface DynamoDbNotificationLogOptions {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  /** Name of the Notifications table. */
  readonly table: string;
  /** After that many seconds the table may forget a notification; only whoever appends some has to say it. @default 0 */
  readonly retentionInSeconds?: number;
}

type NotificationRow = Item & { readonly channel: { readonly S: string } };

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
    this.#retentionInSeconds = options.retentionInSeconds ?? 0;
  }

  async append(notifications: readonly NewNotification[], origin?: Origin): Promise<void> {
    // With an origin the rows are the same each time, and a put that changes nothing is not on the stream.
    // Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
    const at = origin?.at ?? this.#clock.now();
    const rows = notifications.map((notification, index) =>
      this.#row(notification, origin === undefined ? this.#nextId(at) : idOfOrigin(origin, index), at),
    );
    for (const round of roundsOfDistinctChannels(rows)) {
      const writes = round.map((Item) => ({ PutRequest: { Item } }));
      await writeAll(this.#client, this.#clock, this.#table, writes);
    }
  }

  async enter(entry: NewChannelEntry): Promise<void> {
    const now = this.#clock.now();
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: entryItem({ ...entry, id: this.#nextId(now) }, now),
      }),
    );
  }

  #row(notification: NewNotification, id: string, at: number): NotificationRow {
    return {
      channel: { S: notification.channel },
      id: { S: id },
      event: { S: notification.event },
      data: { S: notification.data },
      ...(notification.socketId !== undefined && { socketId: { S: notification.socketId } }),
      createdAt: { S: new Date(at).toISOString() },
      expiresAt: { N: String(Math.floor(at / 1_000) + this.#retentionInSeconds) },
    };
  }
}

/**
 * The stream keeps the order in which rows were written, and a batch is written in no particular order: so what belongs
 * to one channel is written one after the other, and only different channels share a batch.
 */
function roundsOfDistinctChannels(rows: readonly NotificationRow[]): NotificationRow[][] {
  const rounds: NotificationRow[][] = [];
  const written = new Map<string, number>();
  for (const row of rows) {
    const round = written.get(row.channel.S) ?? 0;
    written.set(row.channel.S, round + 1);
    const companions = rounds[round];
    if (companions === undefined) {
      rounds[round] = [row];
    } else {
      companions.push(row);
    }
  }
  return rounds;
}
