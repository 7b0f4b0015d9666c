import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { monotonicFactory } from 'ulid';
import type { Absence, PresenceStore } from '../../ports/presence-store.ts';
import type { Member } from '../../protocol/member.ts';
import { writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { entryItem } from './entry-row.ts';
import { memberKey, membersPartition } from './keys.ts';
import { readMember } from './member-row.ts';
import { countChange } from './occupancy-row.ts';
import { queryPages } from './paging.ts';
import { readRow } from './row-read.ts';
import { writeTransaction } from './transaction.ts';

export interface DynamoDbPresenceStoreOptions extends ConnectionsTable {
  /** Name of the Notifications table; only whoever lets members depart has to say it. */
  readonly notificationsTable?: string;
}

export class DynamoDbPresenceStore implements PresenceStore {
  readonly #rows: ConnectionsTable;
  readonly #notificationsTable: string | undefined;
  readonly #nextId = monotonicFactory();

  constructor(options: DynamoDbPresenceStoreOptions) {
    this.#rows = options;
    this.#notificationsTable = options.notificationsTable;
  }

  async membersOf(channel: string): Promise<readonly (Member & { readonly announced: boolean })[]> {
    const members: ReturnType<typeof readMember>[] = [];
    const pages = queryPages(this.#rows.client, {
      TableName: this.#rows.table,
      KeyConditionExpression: 'pk = :members',
      ExpressionAttributeValues: { ':members': { S: membersPartition(channel) } },
      ConsistentRead: true,
    });
    for await (const rows of pages) {
      members.push(...rows.map(readMember));
    }
    return members
      .sort((one, other) => (one.joinId < other.joinId ? -1 : 1))
      .map(({ userId, channelData, announced }) => ({ userId, channelData, announced }));
  }

  async announce(channel: string, userId: string, entryId: string): Promise<void> {
    const { client, clock, table } = this.#rows;
    await writeConditionally(clock, () =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: memberKey(channel, userId),
          UpdateExpression: 'SET announced = :announced',
          ConditionExpression: 'joinId = :entry',
          ExpressionAttributeValues: { ':announced': { BOOL: true }, ':entry': { S: entryId } },
        }),
      ),
    );
  }

  async depart({ channel, userId, since }: Absence): Promise<boolean> {
    const { client, clock, table } = this.#rows;
    const row = await readRow(this.#rows.client, this.#rows.table, memberKey(channel, userId));
    if (row === undefined || row.absentSince?.N !== String(since)) return false;

    const now = clock.now();
    const { channelData } = readMember(row);
    const left = {
      kind: 'left' as const,
      channel,
      id: this.#nextId(now),
      member: { userId, channelData },
    };
    const outcome = await writeTransaction(client, clock, [
      {
        Delete: {
          TableName: table,
          Key: memberKey(channel, userId),
          ConditionExpression: 'connections = :none AND absentSince = :since',
          ExpressionAttributeValues: { ':none': { N: '0' }, ':since': { N: String(since) } },
        },
      },
      countChange({ table, channel, counted: 'members', id: userId, by: -1, now }),
      { Put: { TableName: this.#logOf(channel), Item: entryItem(left, now) } },
    ]);
    return outcome.kind === 'done';
  }

  #logOf(channel: string): string {
    if (this.#notificationsTable !== undefined) return this.#notificationsTable;
    throw new Error(
      `That a member has left ${channel} is told by an entry of the Notifications table, whose name the presence store was not ` +
        'given; give it as notificationsTable.',
    );
  }
}
