import { describe, expect, it } from 'vitest';
import { audienceOf } from '../../scripts/cost/audience.ts';
import { compare, describeCheaper, sizeOf } from '../../scripts/cost/growth.ts';
import { demandOf, quotas, storm, usedUpAt } from '../../scripts/cost/quotas.ts';
import { caseOf } from './cost-case.ts';

const given = caseOf({ notificationsPerSecond: 1 });

function quotaOf(name: string) {
  const quota = quotas.find((each) => each.name.startsWith(name));
  if (quota === undefined) throw new Error(`There is no quota ${name}.`);
  return quota;
}

describe('growing', () => {
  it('costs ten times as much with ten times the connections, once there are many', () => {
    expect(sizeOf(given, 1e6).dollars / sizeOf(given, 1e5).dollars).toBeCloseTo(10, 0);
  });

  it('passes a small VM where its line crosses, and not where the VM ends', () => {
    const { cheaper, offered } = compare(given, 'small VM with Reverb');
    expect(cheaper).toHaveLength(1);
    const turn = cheaper[0]?.to ?? 0;
    expect(sizeOf(given, turn).dollars).toBeLessThan(12);
    expect(sizeOf(given, turn + 1).dollars).toBeGreaterThanOrEqual(12);
    // Twice as many at the peak are what one process holds.
    expect(offered).toEqual({ from: 10, to: 5_000 });
  });

  it('is told in words', () => {
    const offered = { from: 10, to: 1_000_000 };
    const told = (...cheaper: { from: number; to: number }[]) => describeCheaper({ cheaper, offered });
    expect(told()).toBe('nowhere');
    expect(told(offered)).toBe('everywhere');
    expect(told({ from: 10, to: 41 }, { from: 1_000, to: 2_000 })).toBe(
      'up to 41 connections, from 1,000 to 2,000',
    );
    expect(told({ from: 15_001, to: 1_000_000 })).toBe('from 15,001 connections on');
  });
});

describe('what is asked of quotas', () => {
  it('is a connection anew every hour, of each', () => {
    const { demand } = quotaOf('API Gateway: new connections');
    expect(demand(demandOf(given, 100))).toBeCloseTo(100 / 3_600, 9);
    expect(usedUpAt(quotaOf('API Gateway: new connections'), given)).toBeCloseTo(500 * 3_600, 3);
  });

  it('is at most two hours’ connections, when none of them ends earlier', () => {
    const lasting = caseOf({ sessionMinutes: 120 });
    const { demand } = quotaOf('API Gateway: new connections');
    expect(demand(demandOf(lasting, 1e6))).toBeCloseTo(1e6 / 7_200, 6);
  });

  it('is a request for each handshake, message and post', () => {
    const silent = caseOf();
    // A handshake, a greeting and a subscription an hour, and a ping in two minutes.
    const each = 3 / 3_600 + 1 / 120;
    expect(quotaOf('API Gateway: requests and posts').demand(demandOf(silent, 100))).toBeCloseTo(
      100 * each,
      9,
    );
  });

  it('is as many executions at once as take place in a second, by how long they last', () => {
    const each = 0.05 / 3_600 + 0.003 / 120;
    expect(quotaOf('Lambda').demand(demandOf(caseOf(), 100))).toBeCloseTo(100 * each, 9);
  });

  it('is a shard of the stream for what one call after another gets done', () => {
    // Ten records in ten milliseconds.
    expect(quotaOf('DynamoDB: shards').demand(demandOf(given, 100_000))).toBeCloseTo(1, 9);
  });

  it('grows with the connections', () => {
    for (const { demand } of quotas) {
      const one = demand(demandOf(given, 1_000));
      expect(demand(demandOf(given, 10_000))).toBeCloseTo(10 * one, 6);
    }
  });

  it('has a source for each', () => {
    for (const { source } of quotas)
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/|^\.\.\/README\.md#/);
  });
});

describe('everybody who comes back at once', () => {
  it('is let in by five hundred a second, which takes what as many connections and subscriptions take', () => {
    expect(storm(given, 1e6).minutes).toBeCloseTo(33.33, 2);
    expect(storm(given, 1e6).writesASecond).toBe(500 * (4 + 6));
    expect(storm(given, 1e6).concurrentExecutions).toBeCloseTo(500 * 0.04, 9);
  });
});

describe('one notification to many', () => {
  it('costs its posts and, of each thousand, what was recorded', () => {
    const { dollars, posts, seconds } = audienceOf(1_000, given.measured);
    expect(posts).toBeCloseTo(0.001, 12);
    const rest = 41 * 0.125e-6 + 3 * 0.625e-6 + 2 * 0.2e-6 + 1.009 * 0.0000133334 + 6 * 0.5e-6;
    expect(dollars).toBeCloseTo(0.001 + rest, 12);
    expect(seconds).toBe(0.125);
  });
});
