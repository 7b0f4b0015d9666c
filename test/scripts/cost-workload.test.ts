import { describe, expect, it } from 'vitest';
import { busySeconds, frequencies, pingRate, withConnections } from '../../scripts/cost/workload.ts';
import { quiet } from './cost-case.ts';

describe('pings', () => {
  it('come after each silence of a client that hears nothing', () => {
    expect(pingRate(0, 120)).toBeCloseTo(1 / 120, 12);
    expect(pingRate(1e-9, 120)).toBeCloseTo(1 / 120, 6);
  });

  it('are as many as silences that last so long, where deliveries come at random', () => {
    // By trial: the next delivery comes after a random time, or the ping after two minutes.
    const [rate, pingSeconds] = [1 / 100, 120];
    let [seconds, pings, seed] = [0, 0, 1];
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let trial = 0; trial < 200_000; trial += 1) {
      const silence = -Math.log(random()) / rate;
      if (silence > pingSeconds) pings += 1;
      seconds += Math.min(silence, pingSeconds);
    }
    expect(pings / seconds / pingRate(rate, pingSeconds)).toBeCloseTo(1, 1);
  });

  it('are none where something always comes first', () => {
    expect(pingRate(1, 120)).toBeLessThan(1e-50);
  });
});

describe('what happens in a time', () => {
  const busy = { ...quiet, notificationsPerSecond: 2, clientEventsPerMinute: 1, httpRequestsPerSecond: 3 };

  it('is twice as much in twice the time', () => {
    const [once, twice] = [frequencies(busy, 1_000), frequencies(busy, 2_000)];
    for (const [name, value] of Object.entries(once)) {
      expect(value).toBeGreaterThan(0);
      expect(twice[name as keyof typeof twice]).toBeCloseTo(2 * value, 6);
    }
  });

  it('is ten times as much with ten times the connections that behave alike', () => {
    const [few, many] = [frequencies(busy, 60), frequencies(withConnections(busy, 1_000), 60)];
    for (const [name, value] of Object.entries(few)) {
      expect(many[name as keyof typeof many]).toBeCloseTo(10 * value, 6);
    }
    expect(withConnections(busy, 1_000).connectionsPeak).toBe(2_000);
  });

  it('takes the busy hours of thirty days', () => {
    expect(busySeconds({ ...quiet, hoursADay: 10 })).toBe(10 * 3_600 * 30);
    expect(frequencies({ ...quiet, sessionMinutes: 120 }, 7_200).sessions).toBe(100);
  });

  it('has no more listeners than there are connections', () => {
    expect(withConnections(quiet, 4).listenersPerNotification).toBe(4);
  });
});
