import { beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../lambdas/ports/connection-store.ts';
import type { StoresWorld } from './stores-world.ts';

export const connectionNamed = (connectionId: string, more: Partial<Connection> = {}): Connection => ({
  connectionId,
  connectedAt: 1_764_000_000_000,
  expiresAt: 1_764_007_500,
  ...more,
});

export function connectionStoreContract(name: string, setUp: () => Promise<StoresWorld>): void {
  describe(`a connection store: ${name}`, () => {
    let world: StoresWorld;
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
      const removed = { connectionId: 'unknown=', channels: [], users: [], watched: [] };
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

    it('remembers what a handshake looked like for as long as the connection is there', async () => {
      await world.connections.open(connectionNamed('a=', { fingerprint: 'looks-so' }));
      await world.connections.open(connectionNamed('b='));
      expect(await world.connections.fingerprintOf('a=')).toBe('looks-so');
      expect(await world.connections.fingerprintOf('b=')).toBeUndefined();
      await world.connections.remove('a=');
      expect(await world.connections.fingerprintOf('a=')).toBeUndefined();
    });

    describe('of a tenant', () => {
      const identity = { tenant: '12', user: '7', tokenExpiresAt: 1_764_000_060 };
      const leave = async (connectionId: string) => {
        const removed = await world.lastImageOf(connectionId);
        await world.connections.remove(connectionId);
        await world.connections.forget(removed);
        await world.connections.forget(removed);
      };

      it("is its token's user's, unless it was refused", async () => {
        await world.connections.open(connectionNamed('a=', { identity }));
        await world.connections.open(connectionNamed('refused=', { identity, refusal: 4009 }));
        await world.connections.open(connectionNamed('c='));
        expect(await world.connectionsOf('7')).toEqual(['a=']);
        expect((await world.lastImageOf('a=')).users).toEqual(['7']);
        expect((await world.lastImageOf('c=')).users).toEqual([]);
      });

      it('admits as many connections as there may be, and counts each of them once', async () => {
        for (const id of ['a=', 'b=', 'c=']) await world.connections.open(connectionNamed(id));
        expect(await world.connections.admit('a=', '12', 2)).toBe(true);
        expect(await world.connections.admit('a=', '12', 2)).toBe(true);
        expect(await world.connections.admit('b=', '12', 2)).toBe(true);
        expect(await world.connections.admit('c=', '12', 2)).toBe(false);
        expect(await world.connections.admit('a=', '12', 2)).toBe(true);
        expect(await world.connections.admit('c=', '1', 2)).toBe(true);
        expect(await world.connections.countOpen()).toBe(3);
      });

      it('has room again when one has left, of which it may be told twice', async () => {
        for (const id of ['a=', 'b=', 'c=']) await world.connections.open(connectionNamed(id));
        for (const id of ['a=', 'b=']) await world.connections.admit(id, '12', 2);
        await leave('a=');
        expect(await world.connections.admit('c=', '12', 2)).toBe(true);
        await leave('b=');
        await leave('c=');
        expect(await world.connections.countOpen()).toBe(0);
        await world.connections.open(connectionNamed('d='));
        expect(await world.connections.admit('d=', '12', 1)).toBe(true);
      });

      it('counts a connection with a token from its opening, and asked before that tells whether there is room', async () => {
        expect(await world.connections.admit('a=', '12', 1)).toBe(true);
        await world.connections.open(connectionNamed('a=', { identity }));
        expect(await world.connections.admit('b=', '12', 1)).toBe(false);
        expect(await world.connections.admit('a=', '12', 1)).toBe(true);
        await leave('a=');
        expect(await world.connections.admit('b=', '12', 1)).toBe(true);
      });

      it('counts nobody who is not there: neither who never opened, nor who has gone, nor who was refused', async () => {
        expect(await world.connections.admit('never=', '12', 1)).toBe(true);
        await world.connections.open(connectionNamed('gone='));
        await leave('gone=');
        expect(await world.connections.admit('gone=', '12', 1)).toBe(true);
        await world.connections.open(connectionNamed('refused=', { identity, refusal: 4004 }));
        expect(await world.connections.admit('other=', '12', 1)).toBe(true);
      });

      it('counts a connection at every tenant on whose channels it is, and takes it out of all', async () => {
        await world.connections.open(connectionNamed('a='));
        await world.connections.open(connectionNamed('b='));
        for (const tenant of ['1', '2', '3']) await world.connections.admit('a=', tenant, 1);
        for (const tenant of ['1', '2', '3'])
          expect(await world.connections.admit('b=', tenant, 1)).toBe(false);
        await leave('a=');
        for (const tenant of ['1', '2', '3'])
          expect(await world.connections.admit('b=', tenant, 1)).toBe(true);
      });
    });
  });
}
