import { describe, expect, it } from 'vitest';
import { billOf, type Case } from '../../scripts/cost/bill.ts';
import { otherPrices } from '../../scripts/cost/other-prices.ts';
import { costOf, type Price, prices } from '../../scripts/cost/prices.ts';
import { caseOf } from './cost-case.ts';

const MONTH = 2_592_000;
/** Of 100 connections that last an hour each. */
const SESSIONS = 72_000;
/** Of 100 connections that hear nothing, every two minutes. */
const PINGS = 2_160_000;

function unitsOf(given: Case, label: string): number {
  const line = billOf(given).lines.find((each) => each.label.startsWith(label));
  if (line === undefined) throw new Error(`The bill has no line ${label}.`);
  return line.units;
}

describe('the bill of a month', () => {
  it('counts 43,200 minutes of each connection that is always open', () => {
    expect(unitsOf(caseOf(), 'WebSocket API: connection minutes')).toBe(100 * 43_200);
    expect(unitsOf(caseOf({ hoursADay: 6 }), 'WebSocket API: connection minutes')).toBe(100 * 10_800);
  });

  it('counts a greeting, and a message and its answer for each subscription and each ping', () => {
    expect(unitsOf(caseOf(), 'WebSocket API: messages')).toBeCloseTo(3 * SESSIONS + 2 * PINGS, 3);
  });

  it('counts a message for each 32 KB of each delivery', () => {
    const often = { notificationsPerSecond: 100, pingSeconds: 540 };
    const deliveries = 100 * 10 * MONTH;
    expect(unitsOf(caseOf(often), 'WebSocket API: messages')).toBeCloseTo(3 * SESSIONS + deliveries, 3);
    expect(unitsOf(caseOf({ ...often, frameBytes: 32_769 }), 'WebSocket API: messages')).toBeCloseTo(
      3 * SESSIONS + 2 * deliveries,
      3,
    );
  });

  it('counts of a client event the message, its answer and its deliveries', () => {
    const whispers = 100 * 30 * 24 * 60;
    const given = caseOf({ clientEventsPerMinute: 1, listenersPerClientEvent: 3 });
    expect(unitsOf(given, 'WebSocket API: messages')).toBeCloseTo(3 * SESSIONS + 2 * PINGS + 5 * whispers, 3);
  });

  it('takes reads and writes from what was recorded of connecting, subscribing and closing', () => {
    expect(unitsOf(caseOf(), 'DynamoDB: reads')).toBeCloseTo(SESSIONS * (1 + 2 + 1), 3);
    expect(unitsOf(caseOf(), 'DynamoDB: writes')).toBeCloseTo(SESSIONS * (4 + 6 + 10), 3);
    // The second subscription is closed as by an unsubscribe.
    expect(unitsOf(caseOf({ subscriptionsPerConnection: 2 }), 'DynamoDB: writes')).toBeCloseTo(
      SESSIONS * (4 + 2 * 6 + 10 + 6),
      3,
    );
  });

  it('takes of a notification what was recorded for one listener, and more reading and running for each further one', () => {
    const [of1, of10] = [1, 10].map((listenersPerNotification) =>
      caseOf({ notificationsPerSecond: 1, listenersPerNotification }),
    );
    if (of1 === undefined || of10 === undefined) throw new Error('There are two.');
    expect(unitsOf(of10, 'DynamoDB: reads') - unitsOf(of1, 'DynamoDB: reads')).toBeCloseTo(
      (MONTH * 9 * 40) / 999,
      3,
    );
    expect(unitsOf(of10, 'DynamoDB: writes')).toBeCloseTo(unitsOf(of1, 'DynamoDB: writes'), 3);
    expect(unitsOf(of10, 'SQS: FIFO')).toBe(unitsOf(of1, 'SQS: FIFO'));
  });

  it('takes of a large audience what was recorded for a thousand, as often as it has thousands', () => {
    const large = (listenersPerNotification: number) =>
      caseOf({
        connections: 5_000,
        connectionsPeak: 5_000,
        notificationsPerSecond: 1,
        listenersPerNotification,
      });
    const polls = 648_000;
    expect(unitsOf(large(500), 'SQS: FIFO')).toBe(polls);
    expect(unitsOf(large(1_000), 'SQS: FIFO')).toBeCloseTo(polls + 6 * MONTH, 3);
    expect(unitsOf(large(4_000), 'SQS: FIFO')).toBeCloseTo(polls + 4 * 6 * MONTH, 3);
  });

  it('bills Lambda by the request and by memory and begun milliseconds', () => {
    const invocations = SESSIONS * (2 + 1 + 1) + PINGS;
    expect(unitsOf(caseOf(), 'Lambda: requests')).toBeCloseTo(invocations, 3);
    // 10 and 10 to connect, 20 to subscribe, 10 to close; 3 for a ping.
    expect(unitsOf(caseOf(), 'Lambda: duration')).toBeCloseTo((SESSIONS * 50 + 3 * PINGS) / 1_000, 3);
    const given = caseOf();
    const slower = { ...given, measured: { ...given.measured, lambdaSlowdown: 2.51 } };
    expect(unitsOf(slower, 'Lambda: duration')).toBeCloseTo(
      (SESSIONS * (26 + 26 + 51 + 26) + 8 * PINGS) / 1_000,
      3,
    );
  });

  it('polls queues day and night, whether anybody is there or not', () => {
    expect(unitsOf(caseOf({ hoursADay: 1 }), 'SQS: standard')).toBeCloseTo(
      2 * 648_000 + (3 * SESSIONS) / 24,
      3,
    );
    expect(unitsOf(caseOf({ hoursADay: 1 }), 'SQS: FIFO')).toBe(648_000);
  });

  it('keeps rows for as long as they are kept, and logs each invocation and message', () => {
    const given = caseOf({ notificationsPerSecond: 1 });
    const rows = 3 * 86_400 * (1_000 + 300) + 100 * 2 * 600;
    expect(unitsOf(given, 'DynamoDB: storage')).toBeCloseTo(rows / 1024 ** 3, 9);
    expect(unitsOf(caseOf(), 'CloudWatch: logs of functions')).toBeCloseTo(
      (SESSIONS * 4 + PINGS) / 1024 ** 2,
      6,
    );
    expect(unitsOf(caseOf(), 'CloudWatch: access logs')).toBeCloseTo((SESSIONS * 3 + PINGS) / 1024 ** 2, 6);
  });

  it('is the sum of its lines, and each of them units by price', () => {
    const { lines, total } = billOf(caseOf({ notificationsPerSecond: 1 }));
    expect(total).toBeCloseTo(
      lines.reduce((sum, { dollars }) => sum + dollars, 0),
      9,
    );
    expect(lines.find(({ label }) => label.endsWith('connection minutes'))?.dollars).toBeCloseTo(1.08, 9);
    expect(lines.find(({ label }) => label.endsWith('dashboard'))?.dollars).toBe(3);
    expect(lines.find(({ label }) => label.endsWith('secrets'))?.dollars).toBeCloseTo(0.8, 9);
  });

  it('grows with the connections, but for what is there without any', () => {
    const total = (connections: number) =>
      billOf(caseOf({ connections, notificationsPerSecond: connections / 100 })).total;
    expect(total(3_000) - total(2_000)).toBeCloseTo(total(2_000) - total(1_000), 6);
  });

  it('counts what is free without end only when it is asked to', () => {
    const [paid, free] = [billOf(caseOf()), billOf(caseOf({}, true))];
    const saved = (label: string) => {
      const of = ({ lines }: typeof paid) =>
        lines.find((each) => each.label.startsWith(label))?.dollars ?? Number.NaN;
      return of(paid) - of(free);
    };
    expect(saved('Lambda: requests')).toBeCloseTo(0.2, 9);
    expect(saved('SQS: standard')).toBeCloseTo(0.4, 9);
    expect(saved('CloudWatch: alarms')).toBeCloseTo(1, 9);
    expect(saved('CloudWatch: dashboard')).toBe(3);
    expect(saved('WebSocket API: messages')).toBe(0);
  });
});

describe('a price', () => {
  it('is less for what is above a limit, and nothing for what is free', () => {
    const price: Price = {
      ...prices.secrets,
      dollars: 4,
      per: 2,
      free: 5,
      above: [
        { units: 10, dollars: 2 },
        { units: 20, dollars: 1 },
      ],
    };
    expect(costOf(price, 10)).toBe(20);
    expect(costOf(price, 15)).toBe(25);
    expect(costOf(price, 30)).toBe(20 + 10 + 5);
    expect(costOf(price, 5, true)).toBe(0);
    expect(costOf(price, 7, true)).toBe(4);
  });

  it('says on which page it stands, and as of when', () => {
    for (const price of [...Object.values(prices), ...Object.values(otherPrices)]) {
      expect(price.page).toMatch(/^https:\/\/aws\.amazon\.com\/[\w/-]+\/$/);
      expect(price.asOf).toMatch(/^20\d\d(-\d\d-\d\d)?$/);
    }
  });
});
