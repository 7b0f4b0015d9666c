import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { ACTS, CHANNELS, PresenceWorld, SLOTS, type Step } from '../setup/presence-world.ts';

/** Another seed, or more runs, from the command line: `MODEL_SEED=7 MODEL_RUNS=50`. The same seed takes the same steps. */
const { MODEL_SEED = '7', MODEL_RUNS = '4' } = process.env;

let execution: TestExecution;

beforeAll(async () => {
  execution = await startExecution({ limits: { timeScale: 0.1 } });
});
afterAll(() => execution?.stop());

const step: fc.Arbitrary<Step> = fc.record({
  slot: fc.nat(SLOTS - 1),
  act: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('connect', 'join') },
    { weight: 3, arbitrary: fc.constantFrom(...ACTS) },
  ),
  channel: fc.constantFrom(...CHANNELS),
});
/** What is in one round happens at the same time. */
const round = fc.array(step, { minLength: 10, maxLength: 24, size: 'max' });
const rounds = fc.array(round, { minLength: 2, maxLength: 4, size: 'max' });
const everybody = (act: Step['act']): Step[] =>
  Array.from({ length: SLOTS }, (_, slot) => ({ slot, act, channel: 'news' }));

it('whatever clients do at once, members and counts end as a simple model has them', {
  timeout: 240_000,
}, async () => {
  const taken = new Set<string>();
  await fc.assert(
    fc.asyncProperty(rounds, async (given) => {
      const world = new PresenceWorld(execution);
      try {
        await world.take(everybody('connect'));
        for (const steps of given) await world.take(steps);
        await expect.poll(() => world.actual(), { timeout: 30_000, interval: 100 }).toEqual(world.expected());
        expect(world.violations).toEqual([]);
      } finally {
        world.close();
        for (const act of world.taken) taken.add(act);
        await world.take(everybody('close'));
        await expect.poll(() => world.actual(), { timeout: 30_000, interval: 100 }).toEqual(world.expected());
      }
    }),
    { seed: Number(MODEL_SEED), numRuns: Number(MODEL_RUNS), endOnFailure: true },
  );
  expect([...taken]).toEqual(expect.arrayContaining(ACTS.filter((act) => act !== 'connect')));
});
