import { DeleteItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Connection, ConnectionStore, RemovedConnection } from '../../ports/connection-store.ts';
import { connectionRow } from './connection-row.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { writeItem } from './item-write.ts';
import {
  connectionKey,
  countedKey,
  countedPartition,
  countedTenantOf,
  quotaKey,
  quotaPartition,
  quotaShardOf,
  userKey,
} from './keys.ts';
import { type Item, queryPages } from './paging.ts';
import { KEPT_FOR_REMOVAL_IN_SECONDS } from './row-lifetime.ts';
import { numberOf, readRow } from './row-read.ts';
import { writeTransaction } from './transaction.ts';

export class DynamoDbConnectionStore implements ConnectionStore {
  readonly #rows: ConnectionsTable;

  constructor(options: ConnectionsTable) {
    this.#rows = options;
  }

  async open(connection: Connection): Promise<void> {
    const { connectionId, expiresAt, identity, refusal } = connection;
    const put = this.#put(connectionRow(connection), 'attribute_not_exists(pk)');
    // A refused connection is closed with its first frame: it takes no place in the house, and nobody looks for it.
    const standing = refusal !== undefined ? [] : this.#countIn(connectionId, { expiresAt });
    if (refusal === undefined && identity !== undefined) {
      const { tenant, user } = identity;
      standing.push(
        ...this.#countIn(connectionId, { tenant, expiresAt }),
        this.#put({ ...userKey(user, connectionId), expiresAt: { N: String(expiresAt) } }),
      );
    }
    // Refused means that the row is there already: an earlier attempt has stored and counted it.
    await writeTransaction(this.#rows.client, this.#rows.clock, [put, ...standing]);
  }

  async countOpen(): Promise<number> {
    return await this.#sumOf(quotaPartition());
  }

  async isOpen(connectionId: string): Promise<boolean> {
    return (await this.#read(connectionId)) !== undefined;
  }

  async fingerprintOf(connectionId: string): Promise<string | undefined> {
    return (await this.#read(connectionId))?.fingerprint?.S;
  }

  async admit(connectionId: string, tenant: string, most: number): Promise<boolean> {
    const { client, clock, table } = this.#rows;
    if ((await this.#sumOf(quotaPartition(tenant))) >= most) {
      return (await readRow(client, table, countedKey(connectionId, tenant))) !== undefined;
    }
    const connection = await this.#read(connectionId);
    // It is about to open, or has just gone.
    if (connection === undefined) return true;
    const expiresAt = numberOf(connection.expiresAt);
    // Refused means that it is counted already, or gone by now: then nobody would take it out again.
    await writeTransaction(client, clock, [
      ...this.#countIn(connectionId, { tenant, expiresAt }),
      {
        ConditionCheck: {
          TableName: table,
          Key: connectionKey(connectionId),
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
    ]);
    return true;
  }

  async remove(connectionId: string): Promise<boolean> {
    const { client, clock, table } = this.#rows;
    const { Attributes } = await writeItem(clock, () =>
      client.send(
        new DeleteItemCommand({
          TableName: table,
          Key: connectionKey(connectionId),
          ReturnValues: 'ALL_OLD',
        }),
      ),
    );
    return Attributes !== undefined;
  }

  async forget({ connectionId }: RemovedConnection): Promise<void> {
    const { client, clock, table } = this.#rows;
    const pages = queryPages(client, {
      TableName: table,
      KeyConditionExpression: 'pk = :counted',
      ExpressionAttributeValues: { ':counted': { S: countedPartition(connectionId) } },
      ConsistentRead: true,
    });
    for await (const rows of pages) {
      for (const { sk } of rows) {
        const tenant = countedTenantOf(sk?.S ?? '');
        // Refused means that it has been taken out of the count meanwhile.
        await writeTransaction(client, clock, [
          {
            Delete: {
              TableName: table,
              Key: countedKey(connectionId, tenant),
              ConditionExpression: 'attribute_exists(pk)',
            },
          },
          this.#count(connectionId, tenant, -1),
        ]);
      }
    }
  }

  /**
   * The row `counted` is written and deleted together with the change of the count, so that each connection is added and subtracted
   * once: to the count of a tenant, or of all.
   */
  #countIn(
    connectionId: string,
    { tenant, expiresAt }: { readonly tenant?: string; readonly expiresAt: number },
  ): TransactWriteItem[] {
    const kept = { N: String(expiresAt + KEPT_FOR_REMOVAL_IN_SECONDS) };
    return [
      this.#put({ ...countedKey(connectionId, tenant), expiresAt: kept }, 'attribute_not_exists(pk)'),
      this.#count(connectionId, tenant, 1),
    ];
  }

  #count(connectionId: string, tenant: string | undefined, change: 1 | -1): TransactWriteItem {
    return {
      Update: {
        TableName: this.#rows.table,
        Key: quotaKey(quotaShardOf(connectionId), tenant),
        UpdateExpression: 'ADD #count :change',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':change': { N: String(change) } },
      },
    };
  }

  #put(row: Item, condition?: string): TransactWriteItem {
    const put = { TableName: this.#rows.table, Item: row };
    return { Put: condition === undefined ? put : { ...put, ConditionExpression: condition } };
  }

  async #sumOf(partition: string): Promise<number> {
    let sum = 0;
    const pages = queryPages(this.#rows.client, {
      TableName: this.#rows.table,
      KeyConditionExpression: 'pk = :quota',
      ExpressionAttributeValues: { ':quota': { S: partition } },
      ConsistentRead: true,
    });
    for await (const shards of pages) {
      for (const { count } of shards) sum += numberOf(count);
    }
    return sum;
  }

  async #read(connectionId: string): Promise<Item | undefined> {
    return await readRow(this.#rows.client, this.#rows.table, connectionKey(connectionId));
  }
}
