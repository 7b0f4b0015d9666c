import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionStore, RemovedConnection } from '../../lambdas/ports/connection-store.ts';
import type { SubscriptionStore } from '../../lambdas/ports/subscription-store.ts';
import type { UserStore } from '../../lambdas/ports/user-store.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { connectionNamed } from './connection-store.ts';
import { everySubscription, NOW } from './stores-world.ts';

/** Empty stores that belong together. */
export interface UserStoreWorld {
  readonly connections: Pick<ConnectionStore, 'open' | 'remove' | 'isOpen'>;
  readonly subscriptions: Pick<SubscriptionStore, 'audienceOf' | 'subscribersOf'>;
  readonly users: UserStore;
  lastImageOf(connectionId: string): Promise<RemovedConnection>;
}

export function userStoreContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<UserStoreWorld>,
): void {
  describe(`a user store: ${name}`, () => {
    let world: UserStoreWorld;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1_000);
      world = await setUp(clock);
      await world.connections.open(connectionNamed('a='));
      await world.connections.open(connectionNamed('b='));
    });

    const claim = (
      connectionId: string,
      userId: string,
      watchlist?: readonly string[],
      expiresAt = NOW + 60,
    ) =>
      world.users.claim({ connectionId, userId, expiresAt, ...(watchlist !== undefined && { watchlist }) });

    const connectionsOf = async (userId: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const page of world.users.connectionsOf(userId)) found.push(...page);
      return found.sort();
    };

    const watchersOf = (userId: string) => everySubscription(world.subscriptions, `#watchlist-${userId}`);

    it('knows the connections of a user, and of no other', async () => {
      expect(await claim('a=', '7')).toBe('claimed');
      expect(await claim('b=', '7')).toBe('claimed');
      expect(await claim('b=', '77')).toBe('claimed');
      expect(await connectionsOf('7')).toEqual(['a=', 'b=']);
      expect(await connectionsOf('77')).toEqual(['b=']);
      expect(await connectionsOf('777')).toEqual([]);
    });

    it('takes nobody for signed in whose connection is known by another way', async () => {
      await claim('a=', '7');
      expect(await world.users.signedInUser('a=')).toBeUndefined();
      expect(await world.users.signedInUser('nobody=')).toBeUndefined();
    });

    it('knows who has signed in, even when nobody is watched', async () => {
      await claim('a=', '7', []);
      await claim('a=', '8');
      expect(await world.users.signedInUser('a=')).toBe('7');
      expect(await world.users.signedInUser('b=')).toBeUndefined();
      expect((await world.lastImageOf('a=')).watched).toEqual([]);
    });

    it('knows nobody any more on a connection whose time has come', async () => {
      await world.connections.open(connectionNamed('short=', { expiresAt: NOW + 60 }));
      await claim('short=', '7', []);
      expect(await world.users.signedInUser('short=')).toBe('7');
      clock.advance(60_000);
      expect(await world.users.signedInUser('short=')).toBeUndefined();
    });

    it('takes who signs in again as another user for that one, and the connection for both', async () => {
      await claim('a=', '7', ['1']);
      await claim('a=', '8', ['2']);
      expect(await world.users.signedInUser('a=')).toBe('8');
      expect(await connectionsOf('7')).toEqual(['a=']);
      expect(await connectionsOf('8')).toEqual(['a=']);
      const { users, watched } = await world.lastImageOf('a=');
      expect([...users].sort()).toEqual(['7', '8']);
      expect([...watched].sort()).toEqual(['1', '2']);
    });

    it('changes nothing when it is claimed again', async () => {
      for (const _ of ['claimed', 'claimed again']) expect(await claim('a=', '7', ['1'])).toBe('claimed');
      expect(await connectionsOf('7')).toEqual(['a=']);
      expect(await watchersOf('1')).toHaveLength(1);
      expect(await world.lastImageOf('a=')).toMatchObject({ users: ['7'], watched: ['1'] });
    });

    it('subscribes a connection to whom it watches, for as long, without counting these among its channels', async () => {
      await claim('a=', '7', ['1', '2'], NOW + 120);
      await claim('b=', '7', ['2']);
      const subscription = { connectionId: 'a=', shard: 0, expiresAt: NOW + 120, since: NOW, lagging: false };
      expect(await watchersOf('1')).toEqual([subscription]);
      expect(await watchersOf('2')).toEqual([
        subscription,
        { ...subscription, connectionId: 'b=', expiresAt: NOW + 60 },
      ]);
      expect(await watchersOf('7')).toEqual([]);
      expect((await world.lastImageOf('a=')).channels).toEqual([]);
    });

    it('watches a hundred users, each once', async () => {
      const watchlist = Array.from({ length: 100 }, (_, index) => `user-${index}`);
      await claim('a=', '7', [...watchlist, 'user-0', 'user-99']);
      for (const userId of ['user-0', 'user-42', 'user-99']) expect(await watchersOf(userId)).toHaveLength(1);
      expect([...(await world.lastImageOf('a=')).watched].sort()).toEqual([...watchlist].sort());
    });

    it('knows nobody on a connection that is not there, and leaves nothing of it', async () => {
      expect(await claim('nobody=', '7', ['1'])).toBe('gone');
      expect(await connectionsOf('7')).toEqual([]);
      expect(await watchersOf('1')).toEqual([]);
      expect(await world.connections.isOpen('nobody=')).toBe(false);
    });

    it.each([
      ['was refused', { refusal: 4009 } as const],
      ['whose time has come', { expiresAt: NOW }],
    ])('takes a connection that %s for gone', async (_, more) => {
      await world.connections.open(connectionNamed('c=', more));
      expect(await claim('c=', '7', ['1'])).toBe('gone');
      expect(await connectionsOf('7')).toEqual([]);
      expect(await watchersOf('1')).toEqual([]);
      expect(await world.users.signedInUser('c=')).toBeUndefined();
    });

    it('knows a connection until its time has come', async () => {
      await claim('a=', '7', ['1'], NOW + 60);
      clock.advance(59_999);
      expect(await connectionsOf('7')).toEqual(['a=']);
      clock.advance(1);
      expect(await connectionsOf('7')).toEqual([]);
      expect(await watchersOf('1')).toEqual([]);
    });

    it('forgets what a removed connection left behind, however often, and nothing of others', async () => {
      const watchlist = Array.from({ length: 60 }, (_, index) => `user-${index}`);
      await claim('a=', '7', watchlist);
      await claim('a=', '8');
      await claim('b=', '7', watchlist);
      const { users, watched } = await world.lastImageOf('a=');
      await world.connections.remove('a=');
      for (const _ of ['told', 'told again']) await world.users.forget('a=', users, watched);
      expect(await connectionsOf('7')).toEqual(['b=']);
      expect(await connectionsOf('8')).toEqual([]);
      for (const userId of watchlist) {
        expect((await watchersOf(userId)).map(({ connectionId }) => connectionId)).toEqual(['b=']);
      }
    });

    it('forgets nothing when nothing was left behind', async () => {
      await expect(world.users.forget('a=', [], [])).resolves.toBeUndefined();
    });
  });
}
