import { expect } from 'vitest';
import type { Absence, PresenceStore } from '../../lambdas/ports/presence-store.ts';
import type { Member } from '../../lambdas/protocol/member.ts';
import type { InMemoryTable } from './in-memory-table.ts';

export class InMemoryPresenceStore implements PresenceStore {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable) {
    this.#table = table;
  }

  async membersOf(channel: string): Promise<readonly (Member & { readonly announced: boolean })[]> {
    return [...(this.#table.memberRows.get(channel) ?? [])].map(([userId, { channelData, announced }]) => ({
      userId,
      channelData,
      announced,
    }));
  }

  async announce(channel: string, userId: string, entryId: string): Promise<void> {
    const row = this.#table.memberRows.get(channel)?.get(userId);
    if (row?.joinId === entryId) row.announced = true;
  }

  async depart({ channel, userId, since }: Absence): Promise<boolean> {
    const row = this.#table.memberRows.get(channel)?.get(userId);
    if (row === undefined || row.connections > 0 || row.absentSince !== since) return false;
    this.#table.memberRows.get(channel)?.delete(userId);
    this.#table.enter({ kind: 'left', channel, member: { userId, channelData: row.channelData } });
    return true;
  }

  /** What the stream would tell of a member without a connection; undefined when there is none. */
  absenceOf(channel: string, userId: string): Absence | undefined {
    const since = this.#table.memberRows.get(channel)?.get(userId)?.absentSince;
    return since === undefined ? undefined : { channel, userId, since };
  }

  /** All of them, absent ones too. */
  assertMembers(channel: string, ...userIds: string[]): void {
    expect([...(this.#table.memberRows.get(channel)?.keys() ?? [])]).toEqual(userIds);
  }

  assertAnnounced(channel: string, ...userIds: string[]): void {
    const announced = [...(this.#table.memberRows.get(channel) ?? [])].filter(([, row]) => row.announced);
    expect(announced.map(([userId]) => userId)).toEqual(userIds);
  }
}
