import { expect } from 'vitest';
import type { Connection, ConnectionStore, RemovedConnection } from '../../lambdas/ports/connection-store.ts';
import type { InMemoryTable } from './in-memory-table.ts';

export class InMemoryConnectionStore implements ConnectionStore {
  readonly #table: InMemoryTable;
  readonly #counted = new Set<string>();
  /** By tenant. */
  readonly #countedAt = new Map<string, Set<string>>();

  constructor(table: InMemoryTable) {
    this.#table = table;
  }

  async open(connection: Connection): Promise<void> {
    const { connectionId, expiresAt, identity, refusal } = connection;
    if (this.#table.rows.has(connectionId)) return;
    this.#table.rows.set(connectionId, {
      connection,
      channels: new Set(),
      users: new Set(identity === undefined ? [] : [identity.user]),
      watched: new Set(),
    });
    if (refusal !== undefined) return;
    this.#counted.add(connectionId);
    if (identity === undefined) return;
    this.#of(identity.tenant).add(connectionId);
    this.#table.users.note(identity.user, connectionId, expiresAt);
  }

  async countOpen(): Promise<number> {
    return this.#counted.size;
  }

  async isOpen(connectionId: string): Promise<boolean> {
    return this.#table.rows.has(connectionId);
  }

  async fingerprintOf(connectionId: string): Promise<string | undefined> {
    return this.#table.rows.get(connectionId)?.connection.fingerprint;
  }

  async admit(connectionId: string, tenant: string, most: number): Promise<boolean> {
    const counted = this.#of(tenant);
    if (counted.size >= most) return counted.has(connectionId);
    if (this.#table.rows.has(connectionId)) counted.add(connectionId);
    return true;
  }

  async remove(connectionId: string): Promise<boolean> {
    return this.#table.rows.delete(connectionId);
  }

  async forget({ connectionId }: RemovedConnection): Promise<void> {
    this.#counted.delete(connectionId);
    for (const counted of this.#countedAt.values()) counted.delete(connectionId);
  }

  assertStored(connection: Connection): void {
    expect(this.#table.rows.get(connection.connectionId)?.connection).toEqual(connection);
  }

  assertRemoved(connectionId: string): void {
    expect([...this.#table.rows.keys()]).not.toContain(connectionId);
  }

  assertKept(connectionId: string): void {
    expect([...this.#table.rows.keys()]).toContain(connectionId);
  }

  #of(tenant: string): Set<string> {
    const counted = this.#countedAt.get(tenant) ?? new Set();
    this.#countedAt.set(tenant, counted);
    return counted;
  }
}
