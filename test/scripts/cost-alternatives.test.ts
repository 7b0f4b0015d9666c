import { describe, expect, it } from 'vitest';
import { alternativesTo } from '../../scripts/cost/alternatives.ts';
import type { Workload } from '../../scripts/cost/workload.ts';
import { quiet } from './cost-case.ts';

function costs(name: string, workload: Partial<Workload> = {}, freeTier = false): number | undefined {
  const found = alternativesTo({ ...quiet, ...workload }, freeTier).find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no alternative ${name}.`);
  return found.dollars;
}

const many = (connections: number): Partial<Workload> => ({ connections, connectionsPeak: connections });

describe('a small VM', () => {
  it('costs the same, much or little to do, until one process is not enough', () => {
    expect(costs('small VM with Reverb')).toBe(12);
    expect(costs('small VM with Reverb', many(5_000))).toBe(12);
    expect(costs('small VM with Reverb', many(10_000))).toBe(24);
    expect(costs('small VM with Reverb', many(10_001))).toBeUndefined();
  });

  it('is not enough for more than ten thousand deliveries a second', () => {
    const deliveries = { notificationsPerSecond: 1_000, frameBytes: 1 };
    expect(costs('small VM with Reverb', { ...deliveries, listenersPerNotification: 10 })).toBe(12);
    expect(costs('small VM with Reverb', { ...deliveries, listenersPerNotification: 11 })).toBeUndefined();
  });

  it('pays for what it sends beyond its allowance', () => {
    // 2,592,000 s at 1,024 × 2,048 bytes are 5,062.5 GB, of which 3,072 are in the price.
    const talkative = { notificationsPerSecond: 1_024, listenersPerNotification: 1, frameBytes: 2_048 };
    expect(costs('small VM with Reverb', talkative)).toBeCloseTo(12 + (5_062.5 - 3_072) * 0.09, 6);
  });
});

describe('Reverb on Fargate', () => {
  const hours = 720;
  const task = (cores: number) => hours * cores * (0.03238 + 2 * 0.00356);
  const balancer = (tasks: number) => hours * (0.0225 + (2 + tasks) * 0.005);

  it('is a task of the smallest size that does it, a load balancer, addresses, and capacity by what there is most of', () => {
    expect(costs('Fargate task with Reverb')).toBeCloseTo(
      task(0.25) + balancer(1) + (hours * 0.008 * 100) / 3_000,
      6,
    );
    expect(costs('Fargate task with Reverb', many(5_000))).toBeCloseTo(
      task(0.5) + balancer(1) + (hours * 0.008 * 5_000) / 3_000,
      6,
    );
  });

  it('is one task more than are kept busy, and two Redis nodes, where it has to be there always', () => {
    const redis = 2 * hours * 0.016;
    expect(costs('Fargate tasks with Reverb and Redis')).toBeCloseTo(
      2 * task(0.25) + balancer(2) + (hours * 0.008 * 100) / 3_000 + redis,
      6,
    );
    expect(costs('Fargate tasks with Reverb and Redis', many(30_000))).toBeCloseTo(
      4 * task(1) + balancer(4) + hours * 0.008 * 10 + redis,
      6,
    );
  });

  it('has a hundred gigabytes of data for nothing, where what is free is counted', () => {
    const sending = { notificationsPerSecond: 100, pingSeconds: 540 };
    const paid = costs('Fargate task with Reverb', sending) ?? Number.NaN;
    expect(paid - (costs('Fargate task with Reverb', sending, true) ?? Number.NaN)).toBeCloseTo(9, 6);
  });
});

describe('Pusher', () => {
  it('is the smallest plan for the connections and the messages of a day', () => {
    expect(costs('Pusher Channels', many(100))).toBe(0);
    expect(costs('Pusher Channels', many(101))).toBe(49);
    // 86,400 notifications and ten deliveries of each.
    expect(costs('Pusher Channels', { ...many(100), notificationsPerSecond: 1 })).toBe(49);
    expect(
      costs('Pusher Channels', { ...many(100), notificationsPerSecond: 1, listenersPerNotification: 11 }),
    ).toBe(99);
    expect(costs('Pusher Channels', many(30_001))).toBeUndefined();
  });
});

describe('AppSync Events', () => {
  const idle = 100 * 43_200 * 0.08e-6 + 2 * 72_000e-6;

  it('charges connection minutes, connecting, subscribing, publishing and each delivery', () => {
    expect(costs('AppSync Events')).toBeCloseTo(idle, 9);
    const events = { notificationsPerSecond: 1, frameBytes: 1 };
    const out = (2_592_000 * 10 * 0.09) / 1024 ** 3;
    expect(costs('AppSync Events', events)).toBeCloseTo(idle + 2.592 * 11 + out, 6);
  });

  it('charges each 5 KB', () => {
    const events = { notificationsPerSecond: 1, frameBytes: 5_121 };
    const out = (2_592_000 * 10 * 5_121 * 0.09) / 1024 ** 3;
    expect(costs('AppSync Events', events)).toBeCloseTo(idle + 2 * 2.592 * 11 + out, 6);
  });
});
