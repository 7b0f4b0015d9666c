import type { OperationFigures, StoreFigures } from '../../bench/recorded/store-figures.ts';
import type { Case } from '../../scripts/cost/bill.ts';
import type { Deployed } from '../../scripts/cost/deployed.ts';
import type { Workload } from '../../scripts/cost/workload.ts';

const operation = (
  readUnits: number,
  writeUnits: number,
  sqsRequests: number,
  milliseconds: Readonly<Record<string, number>>,
): OperationFigures => ({
  readUnits,
  writeUnits,
  streamRecords: 1,
  sqsRequests,
  invocations: Object.fromEntries(
    Object.entries(milliseconds).map(([name, each]) => [name, { count: 1, milliseconds: each }]),
  ),
});

/** Figures with which one can count in the head. */
export const figures: StoreFigures = {
  measuredOn: '2026-01-31',
  operations: {
    connect: operation(1, 4, 0, { connect: 10, lifecycle: 10 }),
    subscribe: operation(2, 6, 0, { message: 20 }),
    unsubscribe: operation(1, 6, 1, { message: 20 }),
    disconnect: operation(1, 10, 3, { disconnect: 10 }),
    notification: operation(1, 1, 0, { broadcast: 10 }),
    fanOutOf1000: operation(41, 3, 6, { broadcast: 10, deliver: 999 }),
    clientEvent: operation(2, 2, 0, { message: 10, broadcast: 10 }),
  },
};

export const deployed: Deployed = {
  memoryInMegabytes: new Map(
    ['connect', 'lifecycle', 'message', 'disconnect', 'broadcast', 'deliver', 'rest'].map((name) => [
      name,
      1_024,
    ]),
  ),
  polledQueues: { standard: 2, fifo: 1 },
  secrets: 2,
  metricsUnderAlarm: 12,
  dashboards: 1,
};

/** A hundred connections, all day, an hour each, of whom nothing is heard and to whom nothing is said. */
export const quiet: Workload = {
  connections: 100,
  connectionsPeak: 200,
  hoursADay: 24,
  sessionMinutes: 60,
  subscriptionsPerConnection: 1,
  notificationsPerSecond: 0,
  listenersPerNotification: 10,
  frameBytes: 1_000,
  clientEventsPerMinute: 0,
  listenersPerClientEvent: 1,
  httpRequestsPerSecond: 0,
  pingSeconds: 120,
};

export const caseOf = (workload: Partial<Workload> = {}, freeTier = false): Case => ({
  workload: { ...quiet, ...workload },
  measured: { figures, deployed, lambdaSlowdown: 1 },
  assumptions: { logBytes: 1_024, accessLogBytes: 1_024, retentionDays: 3 },
  freeTier,
});
