import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { type DynamoDbEngine, startDynamoDbEngine } from '../setup/dynamodb-engine.ts';
import { connectionNamed } from './connection-store.ts';
import { dynamoDbStores } from './dynamodb-stores.ts';
import { inMemoryStores } from './in-memory-stores.ts';
import { memberNamed } from './presence-store.ts';
import { everySubscription, NOW, type StoresWorld } from './stores-world.ts';

let engine: DynamoDbEngine;
beforeAll(async () => {
  engine = await startDynamoDbEngine();
});
afterAll(() => engine.stop());

const CONNECTIONS = ['a=', 'b=', 'c='];
const CHANNELS = ['presence-room', 'presence-cache-room', 'news', 'cache-news'];
const USERS = ['7', '8'];

type Step =
  | {
      readonly kind: 'join';
      readonly connectionId: string;
      readonly channel: string;
      readonly userId: string;
      readonly ago: number;
      readonly byAnother: boolean;
    }
  | {
      readonly kind: 'leave';
      readonly connectionId: string;
      readonly channel: string;
      readonly ago: number;
      readonly byAnother: boolean;
    }
  | { readonly kind: 'open' | 'lose'; readonly connectionId: string }
  | { readonly kind: 'depart'; readonly channel: string; readonly userId: string }
  | { readonly kind: 'settle' | 'count'; readonly channel: string }
  | { readonly kind: 'fit'; readonly channel: string; readonly subscriptions: number }
  | {
      readonly kind: 'queue' | 'finish';
      readonly channel: string;
      readonly shard: number;
      readonly sequenceNumber: string;
    }
  | {
      readonly kind: 'pass';
      readonly channel: string;
      readonly shard: number;
      readonly sequenceNumber: string;
      readonly connectionId: string;
    }
  | { readonly kind: 'wait'; readonly milliseconds: number };

const connectionId = fc.constantFrom(...CONNECTIONS);
const channel = fc.constantFrom(...CHANNELS);
const userId = fc.constantFrom(...USERS);
/** Messages of a connection are handled side by side: one may be handled after another that was asked for later. */
const ago = fc.constantFrom(0, 0, 0, 15);
/** In an environment that remembers nothing, while the other one remembers what it has seen last. */
const byAnother = fc.boolean();
const shard = fc.constantFrom(0, 0, 1);
const sequenceNumber = fc.constantFrom('9', '10', '400000000000000000001');

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('join' as const),
      connectionId,
      channel,
      userId,
      ago,
      byAnother,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('leave' as const), connectionId, channel, ago, byAnother }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fit' as const),
      channel,
      subscriptions: fc.constantFrom(0, 1_700, 5_000, 30_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('queue' as const, 'finish' as const),
      channel,
      shard,
      sequenceNumber,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      channel,
      shard,
      sequenceNumber,
      connectionId,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('open' as const, 'lose' as const), connectionId }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('depart' as const), channel, userId }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('settle' as const, 'count' as const), channel }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.constantFrom(10, 11_000, 70_000, 6_000_000),
    }),
  },
);

/** One step, and all that is seen of it; ids of entries differ, so they are named by their places. */
async function take(world: StoresWorld, clock: VirtualClock, step: Step): Promise<unknown> {
  switch (step.kind) {
    case 'open':
      await world.connections.open(opened(step.connectionId, clock));
      return await world.connections.countOpen();
    case 'lose': {
      if (!(await world.connections.isOpen(step.connectionId))) return 'not there';
      const removed = await world.lastImageOf(step.connectionId);
      await world.connections.remove(step.connectionId);
      await world.subscriptions.removeAll(step.connectionId, removed.channels);
      await world.connections.forget(removed);
      return { ...removed, channels: [...removed.channels].sort(), users: [...removed.users].sort() };
    }
    case 'join': {
      const hasMembers = step.channel.startsWith('presence-');
      return await environmentOf(world, step).subscribe({
        connectionId: step.connectionId,
        channel: step.channel,
        expiresAt: Math.floor(clock.now() / 1_000) + 7_200,
        askedAt: clock.now() - step.ago,
        inOrder: step.channel !== 'news',
        ...(hasMembers && { member: memberNamed(step.userId, String(clock.now())) }),
      });
    }
    case 'leave':
      return await environmentOf(world, step).unsubscribe(
        step.connectionId,
        step.channel,
        clock.now() + 1 - step.ago,
      );
    case 'depart': {
      const absence = await world.absenceOf(step.channel, step.userId);
      return [absence, absence && (await world.presence.depart(absence))];
    }
    case 'settle': {
      const { subscriptions } = await world.occupancy.countsOf(step.channel);
      if (subscriptions > 0) return await world.occupancy.occupy(step.channel);
      const emptied = await world.occupancy.empty(step.channel, clock.now());
      return [emptied, await world.occupancy.vacate(step.channel, clock.now())];
    }
    case 'count':
      return await world.occupancy.takeCountTurn(step.channel, 30);
    case 'fit':
      return await world.shards.fit(step.channel, step.subscriptions);
    case 'queue':
      return await world.progress.noteQueued(step.channel, step.sequenceNumber);
    case 'pass':
      await world.progress.notePassed(step.channel, step.shard, step.sequenceNumber, step.connectionId);
      return await world.progress.progressOf(step.channel, step.shard, step.sequenceNumber);
    case 'finish':
      await world.progress.noteDone(step.channel, step.shard, step.sequenceNumber);
      return await world.progress.progressOf(step.channel, step.shard, step.sequenceNumber);
    case 'wait':
      return undefined;
  }
}

const opened = (connectionId: string, clock: VirtualClock) =>
  connectionNamed(connectionId, { expiresAt: Math.floor(clock.now() / 1_000) + 7_200 });

const environmentOf = (world: StoresWorld, { byAnother }: { readonly byAnother: boolean }) =>
  byAnother ? world.anotherEnvironment() : world.subscriptions;

/**
 * Into which shard a connection goes differs between the two, not in how many it may be. Seen at the end: looking removes connections whose time
 * has come from the table.
 */
async function listeningOf(world: StoresWorld, channel: string): Promise<unknown> {
  const { shards, isQueued } = await world.subscriptions.audienceOf(channel, 500);
  const found = await everySubscription(world.subscriptions, channel);
  return { shards, isQueued, found: found.map(({ connectionId }) => connectionId) };
}

async function seenOf(world: StoresWorld): Promise<unknown> {
  const ofChannel = async (channel: string) => {
    const entries = await world.entriesOn(channel);
    const place = (id: string | undefined) => entries.findIndex((entry) => entry.id === id);
    const subscriptions = await Promise.all(CONNECTIONS.map((id) => world.subscriptions.find(id, channel)));
    return {
      listening: await listeningOf(world, channel),
      counts: await world.occupancy.countsOf(channel),
      members: await world.presence.membersOf(channel),
      entries: entries.map(({ id: _, ...entry }) => entry),
      subscriptions: subscriptions.map(
        (each) =>
          each && {
            ...each,
            shard: undefined,
            joining: place(each.joining),
            askedAgain: place(each.askedAgain),
          },
      ),
    };
  };
  return {
    channels: await Promise.all(CHANNELS.map(ofChannel)),
    occupied: [...(await world.occupancy.occupiedOf(CHANNELS))].sort(),
    users: await Promise.all(USERS.map(async (id) => [...(await world.connectionsOf(id))].sort())),
  };
}

describe('the fakes', () => {
  it('do as the tables do, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const clocks = [new VirtualClock(NOW * 1_000), new VirtualClock(NOW * 1_000)] as const;
        const table = await dynamoDbStores(engine, clocks[0]);
        const fake = inMemoryStores(clocks[1]);
        for (const id of CONNECTIONS) {
          for (const world of [table, fake]) await world.connections.open(connectionNamed(id));
        }
        for (const each of steps) {
          // The table's stores may have slept between two attempts.
          const now =
            Math.max(...clocks.map((clock) => clock.now())) + (each.kind === 'wait' ? each.milliseconds : 1);
          for (const clock of clocks) clock.advance(now - clock.now());
          expect(await take(fake, clocks[1], each)).toEqual(await take(table, clocks[0], each));
        }
        expect(await seenOf(fake)).toEqual(await seenOf(table));
      }),
      { numRuns: 25 },
    );
  });
});
