import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import type { Connection, ConnectionStore, RemovedConnection } from '../../ports/connection-store.ts';
import { connectionRow } from './connection-row.ts';
import { writeItem } from './item-write.ts';
import { connectionKey, countedKey, quotaKey, quotaPartition, quotaShardOf } from './keys.ts';
import { queryPages } from './paging.ts';
import { writeTransaction } from './transaction.ts';

/**
 * How much longer than its connection's row the row `counted` is kept. TTL deletes days late, and the removal of the
 * connection's row has to find this one.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
const COUNTED_LONGER_IN_SECONDS = 30 * 24 * 60 * 60;

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
      shard === undefined ? [put] : [put, this.#counted(connection), this.#count(shard, 1)],
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
    return open;
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
    const { Attributes } = await writeItem(this.#clock, () =>
      this.#client.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: connectionKey(connectionId),
          ReturnValues: 'ALL_OLD',
        }),
      ),
    );
    return Attributes !== undefined;
  }

  async forget({ connectionId, counterShard }: RemovedConnection): Promise<void> {
    if (counterShard === undefined) {
      return;
    }
    // Refused means that it has been taken out of the count before.
    await writeTransaction(this.#client, this.#clock, [
      {
        Delete: {
          TableName: this.#table,
          Key: countedKey(connectionId),
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
      this.#count(counterShard, -1),
    ]);
  }

  /** Written and deleted together with the change of the count, so that each connection is added and subtracted once. */
  #counted({ connectionId, expiresAt }: Connection): TransactWriteItem {
    return {
      Put: {
        TableName: this.#table,
        Item: {
          ...countedKey(connectionId),
          expiresAt: { N: String(expiresAt + COUNTED_LONGER_IN_SECONDS) },
        },
      },
    };
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
