import { beforeEach, describe, expect, it } from 'vitest';
import type { Connection, ConnectionStore, RemovedConnection } from '../../lambdas/ports/connection-store.ts';

/** A store that counts, empty. */
export interface ConnectionStoreWorld {
  readonly connections: ConnectionStore;
  /** What the stream would tell if the connection were removed now. */
  lastImageOf(connectionId: string): Promise<RemovedConnection>;
}

export const connectionNamed = (connectionId: string, more: Partial<Connection> = {}): Connection => ({
  connectionId,
  connectedAt: 1_764_000_000_000,
  expiresAt: 1_764_007_500,
  ...more,
});

export function connectionStoreContract(name: string, setUp: () => Promise<ConnectionStoreWorld>): void {
  describe(`a connection store: ${name}`, () => {
    let world: ConnectionStoreWorld;
    beforeEach(async () => {
      world = await setUp();
    });

    it('has the row of a connection from its opening to its removal', async () => {
      expect(await world.connections.isOpen('a=')).toBe(false);
      await world.connections.open(connectionNamed('a='));
      expect(await world.connections.isOpen('a=')).toBe(true);
      await world.connections.remove('a=');
      expect(await world.connections.isOpen('a=')).toBe(false);
    });

    it('tells whether this call removed the row', async () => {
      await world.connections.open(connectionNamed('a='));
      expect(await world.connections.remove('a=')).toBe(true);
      expect(await world.connections.remove('a=')).toBe(false);
      expect(await world.connections.remove('never-there')).toBe(false);
    });

    it('removes no other row', async () => {
      await world.connections.open(connectionNamed('a='));
      await world.connections.open(connectionNamed('b='));
      await world.connections.remove('a=');
      expect(await world.connections.isOpen('b=')).toBe(true);
    });

    it('counts nothing before anybody has come', async () => {
      expect(await world.connections.countOpen()).toBe(0);
    });

    it('counts every connection, however their ids spread', async () => {
      for (let index = 0; index < 20; index++) {
        await world.connections.open(connectionNamed(`connection-${index}=`));
      }
      expect(await world.connections.countOpen()).toBe(20);
    });

    it('counts a connection once when its opening is repeated', async () => {
      await world.connections.open(connectionNamed('a='));
      await world.connections.open(connectionNamed('a='));
      expect(await world.connections.countOpen()).toBe(1);
    });

    it('keeps a refused connection without counting it', async () => {
      await world.connections.open(connectionNamed('a=', { refusal: 4004 }));
      expect(await world.connections.isOpen('a=')).toBe(true);
      expect(await world.connections.countOpen()).toBe(0);
    });

    it('counts a removed connection until it is forgotten', async () => {
      await world.connections.open(connectionNamed('a='));
      await world.connections.open(connectionNamed('b='));
      const removed = await world.lastImageOf('a=');
      await world.connections.remove('a=');
      expect(await world.connections.countOpen()).toBe(2);
      await world.connections.forget(removed);
      expect(await world.connections.countOpen()).toBe(1);
    });

    it('counts a removal once however often it is told', async () => {
      await world.connections.open(connectionNamed('a='));
      await world.connections.open(connectionNamed('b='));
      const removed = await world.lastImageOf('a=');
      await world.connections.remove('a=');
      await world.connections.forget(removed);
      await world.connections.forget(removed);
      expect(await world.connections.countOpen()).toBe(1);
    });

    it('counts removals once each when all of them are told again', async () => {
      const ids = ['a=', 'b=', 'c='];
      for (const id of ids) await world.connections.open(connectionNamed(id));
      const images = await Promise.all(ids.map((id) => world.lastImageOf(id)));
      for (const _ of ['told', 'told again']) {
        for (const removed of images) await world.connections.forget(removed);
      }
      expect(await world.connections.countOpen()).toBe(0);
    });

    it('takes nothing from the count for a connection that it has never counted', async () => {
      await world.connections.open(connectionNamed('a='));
      const removed = { connectionId: 'unknown=', channels: [], counterShard: 0 };
      await world.connections.forget(removed);
      expect(await world.connections.countOpen()).toBe(1);
    });

    it('takes nothing from the count for a connection that was not counted', async () => {
      await world.connections.open(connectionNamed('a='));
      await world.connections.open(connectionNamed('refused=', { refusal: 4009 }));
      const removed = await world.lastImageOf('refused=');
      await world.connections.remove('refused=');
      await world.connections.forget(removed);
      expect(await world.connections.countOpen()).toBe(1);
    });
  });
}
