import { describe, expect, it } from 'vitest';
import type { LoadNotification } from '../../scripts/load/client-messages.ts';
import { parseLoadOptions } from '../../scripts/load/load-options.ts';
import { hasLostNothing, measurementsOf } from '../../scripts/load/load-report.ts';
import { usageOf } from '../../scripts/load/process-tree.ts';
import { Ramp } from '../../scripts/load/ramp.ts';
import { ReceptionCount } from '../../scripts/load/reception.ts';
import type { LoadResult } from '../../scripts/load/run-load.ts';

describe('the options of npm run load', () => {
  it('are those of the acceptance when none are given', () => {
    expect(parseLoadOptions([])).toEqual({
      connections: 5_000,
      channels: 50,
      notificationsPerSecond: 5,
      seconds: 20,
      connectionsPerSecond: 500,
      json: false,
    });
  });

  it.each([
    ['--connections', '0'],
    ['--connections', '1.5'],
    ['--channels', '-1'],
    ['--seconds', 'x'],
    ['--notifications-per-second', ''],
  ])('refuse %s %j by name', (option, value) => {
    expect(() => parseLoadOptions([`${option}=${value}`])).toThrow(`${option} is ${JSON.stringify(value)}`);
  });
});

describe('the ramp', () => {
  const admitted = (ramp: Ramp): number => {
    let count = 0;
    while (ramp.admits()) count += 1;
    return count;
  };

  it('lets no more be under way than the deployment has kept up with', () => {
    const ramp = new Ramp(Number.POSITIVE_INFINITY);
    expect(admitted(ramp)).toBe(10);

    for (let opened = 0; opened < 10; opened += 1) ramp.opened(100);
    expect(admitted(ramp)).toBeGreaterThan(10);
  });

  it('halves with what failed, and shrinks with what was slow', () => {
    const failed = new Ramp(Number.POSITIVE_INFINITY);
    admitted(failed);
    failed.failed();
    expect(failed.admits()).toBe(false);
    for (let left = 0; left < 5; left += 1) failed.opened(5_000);
    expect(admitted(failed)).toBe(0);
  });

  it('dials no more a second than it was told', () => {
    expect(admitted(new Ramp(0.001))).toBe(1);
  });
});

describe('the count of what is received', () => {
  const notification = (number: number, first = false): LoadNotification => ({ number, at: 1_000, first });

  it('takes each notification of a client once, and is complete when all have come', async () => {
    const reception = new ReceptionCount(['a', 'a', 'b']);
    const complete = reception.complete(new Map([['a', 2]]), 60_000);
    reception.count(0, notification(0, true), 1_010);
    reception.count(1, notification(0, true), 1_010);
    reception.count(1, notification(0, true), 1_011);
    reception.count(0, notification(1), 1_020);
    reception.count(1, notification(1), 1_030);

    expect(await complete).toEqual({
      received: 4,
      repeated: 1,
      lostConnections: 0,
      milliseconds: Float64Array.of(20, 30),
    });
  });

  it('says how many there are when the time is over', async () => {
    const reception = new ReceptionCount(['a']);
    reception.lose();
    expect(await reception.complete(new Map([['a', 1]]), 1)).toMatchObject({
      received: 0,
      lostConnections: 1,
    });
  });
});

describe('the report', () => {
  const options = { ...parseLoadOptions(['--connections=2']), connections: 2 } as NonNullable<
    ReturnType<typeof parseLoadOptions>
  >;
  const result = (changes: {
    subscribed?: number;
    received?: number;
    lostConnections?: number;
  }): LoadResult => ({
    opening: {
      subscribed: changes.subscribed ?? 2,
      redials: new Map([['HTTP 429', 3]]),
      milliseconds: Float64Array.of(10, 20),
      seconds: 1,
    },
    reception: {
      received: changes.received ?? 4,
      repeated: 0,
      lostConnections: changes.lostConnections ?? 0,
      milliseconds: Float64Array.of(5),
      seconds: 1,
    },
    written: 2,
    expected: 4,
    idleSeconds: 1,
  });

  it('says that nothing was lost only when all were there and all came', () => {
    expect(hasLostNothing(result({}), options)).toBe(true);
    expect(hasLostNothing(result({ subscribed: 1 }), options)).toBe(false);
    expect(hasLostNothing(result({ received: 3 }), options)).toBe(false);
    expect(hasLostNothing(result({ lostConnections: 1 }), options)).toBe(false);
  });

  it('has what was lost and dialled again among its figures', () => {
    const figures = measurementsOf(result({ received: 3 }), options);
    const figure = (label: string) => figures.find((measured) => measured.case === label)?.value;
    expect(figure('deliveries lost')).toBe(1);
    expect(figure('dialled again')).toBe(3);
    expect(figure('memory a connection')).toBeUndefined();
  });
});

it.runIf(process.platform === 'linux')('the usage of a process is its own and that of all below it', () => {
  const own = usageOf(process.pid);
  const withParent = usageOf(process.ppid);
  expect(own?.memoryBytes).toBeGreaterThan(0);
  expect(withParent?.memoryBytes).toBeGreaterThan(own?.memoryBytes ?? Number.POSITIVE_INFINITY);
});
