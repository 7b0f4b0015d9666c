import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudienceModel } from './audience-model.ts';
import { ROOM } from './entry-records.ts';
import type { Fault } from './mortal-environment.ts';
import { CHANNEL } from './notification-records.ts';

const fault: fc.Arbitrary<Fault> = fc.record({
  at: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 12 })),
  kind: fc.constantFrom('error', 'crash before', 'crash after'),
});

const trouble = fc.record({
  fault: fc.option(fault, { freq: 2, nil: undefined }),
  isForgotten: fc.boolean(),
});

const LONG = Array.from({ length: 12 }, () => 'throttled' as const);

/** What happens to one channel within a moment; the three functions run side by side. */
const round = fc.record({
  joining: fc.integer({ min: 0, max: 3 }),
  leaving: fc.constantFrom(0, 0, 1, 2, 20),
  stored: fc.integer({ min: 0, max: 2 }),
  shards: fc.option(fc.constantFrom(1, 2, 4), { freq: 2 }),
  afflicted: fc.option(
    fc.tuple(fc.nat(20), fc.constantFrom([...LONG], ['unavailable' as const], ['throttled' as const])),
    { freq: 2 },
  ),
  later: fc.constantFrom(0, 0, 11_000, 11_000, 360_000),
  broadcast: fc.option(fc.tuple(fc.integer({ min: 1, max: 4 }), trouble), { freq: 3 }),
  again: fc.option(fc.integer({ min: 1, max: 5 }), { freq: 5 }),
  deliver: fc.option(trouble, { freq: 2 }),
  redeliver: fc.option(trouble, { freq: 2 }),
});
type Round = typeof round extends fc.Arbitrary<infer Value> ? Value : never;

async function live(model: AudienceModel, each: Round, isSpread: boolean): Promise<void> {
  if (isSpread && each.shards !== null) model.spread(each.shards);
  for (let count = 0; count < each.joining; count++) await model.join();
  if (each.afflicted !== null) model.afflict(each.afflicted[0], ...each.afflicted[1]);
  for (let count = 0; count < each.stored; count++) model.notify();
  await Promise.all([
    each.broadcast !== null && model.broadcast(...each.broadcast),
    each.deliver !== null && model.deliver(each.deliver),
    each.redeliver !== null && model.redeliver(each.redeliver),
  ]);
  if (each.leaving > 0) await model.leave(each.leaving);
  model.wait(each.later);
  if (each.again !== null) await model.broadcastAgain(each.again);
}

describe('an audience that grows and shrinks', () => {
  it.each([
    ['the threshold', CHANNEL, false],
    ['the threshold', ROOM, false],
    ['shards', CHANNEL, true],
    ['shards', ROOM, true],
  ])(
    'over %s sees everything on %s in order, whatever crashes, fails or comes twice',
    async (_, channel, isSpread) => {
      const rounds = fc.array(round, { minLength: 1, maxLength: 12 });
      const latency = fc.constantFrom(0, 5);
      await fc.assert(
        fc.asyncProperty(rounds, latency, async (all, latencyInMilliseconds) => {
          const model = new AudienceModel(channel, latencyInMilliseconds);
          for (const each of all) await live(model, each, isSpread);
          await model.settle();
          expect(model.complaints()).toEqual([]);
          expect((await model.world.subscriptions.audienceOf(channel, 1)).isQueued).toBe(false);
        }),
        { numRuns: 200 },
      );
    },
  );
});

describe('an audience that shrinks while an entry is handed over', () => {
  it.each(
    [1, 2, 3].flatMap((at) => (['crash before', 'crash after'] as const).map((kind) => [kind, at] as const)),
  )('sees it once, and nothing before it, after a %s write %d', async (kind, at) => {
    const model = new AudienceModel(CHANNEL, 0);
    for (let count = 0; count < 4; count++) await model.join();
    model.notify();
    await model.broadcast(1, { fault: { at, kind } });
    await model.leave(20);
    model.notify();

    await model.broadcast(2);
    await model.settle();

    expect(model.complaints()).toEqual([]);
  });
});
