import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import type { Connection, ConnectionStore, RemovedConnection } from '../../ports/connection-store.ts';
import { fingerprint } from '../../protocol/fingerprint.ts';
import { connectionRow } from './connection-row.ts';
import { connectionKey, quotaKey, quotaPartition, quotaShardOf } from './keys.ts';
import { queryPages } from './paging.ts';
import { writeTransaction } from './transaction.ts';

/** Longest ClientRequestToken. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const TOKEN_LENGTH = 36;

export interface DynamoDbConnectionStoreOptions {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  /** Name of the Connections table. */
  readonly table: string;
  /**
   * Whether a connection that opens is counted; counting costs a second write, so it is left out where there is no
   * quota. What was counted is taken out of the count in either case. @default false
   */
  readonly counting?: boolean;
}

export class DynamoDbConnectionStore implements ConnectionStore {
  readonly #client: DynamoDBClient;
  readonly #clock: Clock;
  readonly #table: string;
  readonly #counting: boolean;

  constructor(options: DynamoDbConnectionStoreOptions) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#table = options.table;
    this.#counting = options.counting ?? false;
  }

  async open(connection: Connection): Promise<void> {
    // A refused connection is closed with its first frame: it takes no place in the house.
    const shard =
      this.#counting && connection.refusal === undefined ? quotaShardOf(connection.connectionId) : undefined;
    const put: TransactWriteItem = {
      Put: {
        TableName: this.#table,
        Item: connectionRow(connection, shard),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    };
    // Refused means that the row is there already: an earlier attempt has stored and counted it.
    await writeTransaction(
      this.#client,
      this.#clock,
      shard === undefined ? [put] : [put, this.#count(shard, 1)],
    );
  }

  async countOpen(): Promise<number> {
    let open = 0;
    const pages = queryPages(this.#client, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :quota',
      ExpressionAttributeValues: { ':quota': { S: quotaPartition() } },
      ConsistentRead: true,
    });
    for await (const shards of pages) {
      for (const shard of shards) {
        open += Number(shard.count?.N ?? 0);
      }
    }
    return Math.max(0, open);
  }

  async isOpen(connectionId: string): Promise<boolean> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: connectionKey(connectionId),
        ProjectionExpression: 'pk',
        ConsistentRead: true,
      }),
    );
    return Item !== undefined;
  }

  async remove(connectionId: string): Promise<boolean> {
    const { Attributes } = await this.#client.send(
      new DeleteItemCommand({
        TableName: this.#table,
        Key: connectionKey(connectionId),
        ReturnValues: 'ALL_OLD',
      }),
    );
    return Attributes !== undefined;
  }

  async forget(removed: RemovedConnection, removalId: string): Promise<void> {
    if (removed.counterShard === undefined) {
      return;
    }
    await writeTransaction(
      this.#client,
      this.#clock,
      [this.#count(removed.counterShard, -1)],
      // Tokens are known to the whole account for ten minutes, hence the table's name in them.
      fingerprint('forget', this.#table, removalId).slice(0, TOKEN_LENGTH),
    );
  }

  #count(shard: number, change: 1 | -1): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: quotaKey(shard),
        UpdateExpression: 'ADD #count :change',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':change': { N: String(change) } },
      },
    };
  }
}
