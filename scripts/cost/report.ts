import type { Measurement } from '../../bench/measurement.ts';
import { alternativesTo } from './alternatives.ts';
import { AUDIENCES, audienceOf } from './audience.ts';
import { billOf, type Case } from './bill.ts';
import { GROWTH, sizeOf } from './growth.ts';
import { otherPrices } from './other-prices.ts';
import { type Price, prices } from './prices.ts';
import { demandOf, quotas } from './quotas.ts';
import {
  asText,
  audienceTable,
  besideTable,
  billTable,
  count,
  crossingTable,
  dollars,
  growthTable,
  quotaTable,
  stormTable,
} from './tables.ts';
import { busySeconds, frequencies } from './workload.ts';

/** For people. */
export function report(given: Case): string {
  const { workload, freeTier } = given;
  return [
    describe(given),
    asText(billTable(billOf(given))),
    asText(besideTable(given)),
    alternativesTo(workload, freeTier)
      .map(({ name, words }) => `${name}: ${words}`)
      .join('\n'),
    asText(crossingTable(given)),
    `The same behaviour with more connections:\n\n${asText(growthTable(given))}`,
    `What is asked of quotas then; in stars, what is beyond them:\n\n${asText(quotaTable(given))}`,
    asText(stormTable(given)),
    asText(audienceTable(given)),
    `Assumed, not measured or not found on a page:\n\n${assumptions(given)
      .map((each) => `- ${each}`)
      .join('\n')}`,
  ].join('\n\n');
}

/** For machines, one of them a line. */
export function* measurements(given: Case): Generator<Measurement> {
  const unit = '$/month';
  const { lines, total } = billOf(given);
  for (const line of lines) yield { bench: 'cost', case: line.label, value: line.dollars, unit };
  yield { bench: 'cost', case: 'together', value: total, unit };
  for (const { name, dollars } of alternativesTo(given.workload, given.freeTier)) {
    if (dollars === undefined) continue;
    yield { bench: 'cost', case: name, value: dollars, unit, ratio: dollars / total, against: 'Pregonero' };
  }
  for (const connections of GROWTH) {
    const size = sizeOf(given, connections);
    yield { bench: 'cost', case: `${connections} connections: Pregonero`, value: size.dollars, unit };
    for (const { name, dollars } of size.alternatives) {
      if (dollars === undefined) continue;
      const [ratio, against] = [dollars / size.dollars, 'Pregonero'];
      yield {
        bench: 'cost',
        case: `${connections} connections: ${name}`,
        value: dollars,
        unit,
        ratio,
        against,
      };
    }
    for (const { name, demand, limit, unit: each } of quotas) {
      const value = demand(demandOf(given, connections));
      const [label, ratio] = [`${connections} connections: ${name}`, value / limit];
      yield { bench: 'cost', case: label, value, unit: each, ratio, against: 'the quota' };
    }
  }
  for (const listeners of AUDIENCES) {
    const { dollars } = audienceOf(listeners, given.measured);
    yield { bench: 'cost', case: `one notification to ${listeners}`, value: dollars, unit: '$' };
  }
}

function describe({ workload, measured, freeTier }: Case): string {
  const { connections, hoursADay, sessionMinutes, subscriptionsPerConnection } = workload;
  const { notificationsPerSecond, listenersPerNotification, frameBytes } = workload;
  const each = frequencies(workload, busySeconds(workload));
  return (
    `${count(connections)} connections, ${hoursADay} hours a day; each lasts ${sessionMinutes} minutes, subscriptions of each: ${subscriptionsPerConnection}. ` +
    `Notifications a second: ${notificationsPerSecond}, listeners of each: ${listenersPerNotification}, bytes: ${frameBytes}.\n` +
    `In a month of 30 days: ${count(each.notifications)} notifications, ${count(each.deliveries)} deliveries, ${count(each.sessions)} connections opened, ` +
    `${count(each.pings)} pings.\n` +
    `us-east-1, in dollars without tax, ${freeTier ? 'less what is free without end' : 'nothing free'}; operations as recorded on ${measured.figures.measuredOn}.`
  );
}

function assumptions(given: Case): string[] {
  const { measured } = given;
  const { logBytes, accessLogBytes, retentionDays } = given.assumptions;
  const slower = { ...given, measured: { ...measured, lambdaSlowdown: 2 * measured.lambdaSlowdown } };
  const all: readonly Price[] = [...Object.values(prices), ...Object.values(otherPrices)];
  return [
    ...all.flatMap(({ assumed, page }) => (assumed === undefined ? [] : [`${assumed} (${page})`])),
    `that durations in Lambda are ${measured.lambdaSlowdown === 1 ? '' : `${measured.lambdaSlowdown} times `}the recorded ones: if they are twice as long, it costs ${dollars(billOf(slower).total - billOf(given).total)} more; cold starts are not counted`,
    'that nothing shares a batch, as nothing did when it was recorded: busy streams and queues take fewer calls',
    'that a ping takes three milliseconds, and a request of the HTTP API as long as a subscription',
    `that an invocation logs ${logBytes} bytes and a line of an access log has ${accessLogBytes}, which stay within what their ingestion costs`,
    `that rows of notifications are deleted after ${retentionDays} days: rows that an API writes have to say so (expiresAt)`,
    'that one Reverb process holds 10,000 connections and writes 10,000 frames a second',
    'that nobody is paid for looking after any of them',
  ];
}
