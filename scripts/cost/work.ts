import type {
  InvocationFigures,
  OperationFigures,
  StoreFigures,
  StoreOperation,
} from '../../bench/recorded/store-figures.ts';
import { INLINE_AUDIENCE } from '../../lambdas/use-cases/tell-subscribers.ts';
import type { Deployed } from './deployed.ts';

/** What something asks of AWS; measured ones, summed up. */
export interface Work {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly invocations: number;
  /** Billed: memory of the function by its duration. */
  readonly gigabyteSeconds: number;
  /** Durations, whatever the memory: how many run at once. */
  readonly lambdaSeconds: number;
  readonly sqsRequests: number;
}

export interface Measured {
  readonly figures: StoreFigures;
  readonly deployed: Deployed;
  /** A duration in Lambda is so many times the recorded one. */
  readonly lambdaSlowdown: number;
}

/** Not recorded: a ping is answered without reading or writing anything. */
const PING_MILLISECONDS = 3;

export const none: Work = {
  readUnits: 0,
  writeUnits: 0,
  invocations: 0,
  gigabyteSeconds: 0,
  lambdaSeconds: 0,
  sqsRequests: 0,
};

const combine = (one: Work, other: Work, by: (a: number, b: number) => number): Work => ({
  readUnits: by(one.readUnits, other.readUnits),
  writeUnits: by(one.writeUnits, other.writeUnits),
  invocations: by(one.invocations, other.invocations),
  gigabyteSeconds: by(one.gigabyteSeconds, other.gigabyteSeconds),
  lambdaSeconds: by(one.lambdaSeconds, other.lambdaSeconds),
  sqsRequests: by(one.sqsRequests, other.sqsRequests),
});

export const sum = (...all: readonly Work[]): Work =>
  all.reduce((total, each) => combine(total, each, (a, b) => a + b), none);

export const times = (work: Work, factor: number): Work => combine(work, none, (a) => a * factor);

export function workOf(operation: StoreOperation, measured: Measured): Work {
  const { readUnits, writeUnits, sqsRequests, invocations }: OperationFigures =
    measured.figures.operations[operation];
  const lambda = Object.entries(invocations).map(([name, each]) => invocationsOf(name, each, measured));
  return sum({ ...none, readUnits, writeUnits, sqsRequests }, ...lambda);
}

export const pingWork = (measured: Measured): Work =>
  invocationsOf('message', { count: 1, milliseconds: PING_MILLISECONDS }, measured);

/** A request of the HTTP API, without what it stores; takes as long as a subscription, which checks a signature as well. */
export function httpRequestWork(measured: Measured): Work {
  const milliseconds = measured.figures.operations.subscribe.invocations.message?.milliseconds ?? 0;
  return invocationsOf('rest', { count: 1, milliseconds }, measured);
}

/**
 * Of one notification, between what was recorded for one listener and for a thousand. Reading and posting grow with the listeners.
 * What a large audience takes besides, calls, queue and marks, is not there up to {@link INLINE_AUDIENCE}, and above it comes for each
 * thousand.
 */
export function notificationWork(listeners: number, measured: Measured): Work {
  const one = workOf('notification', measured);
  const thousand = workOf('fanOutOf1000', measured);
  const more = combine(thousand, one, (a, b) => Math.max(0, a - b));
  const grown = times(more, (listeners - 1) / 999);
  const thousands = listeners > INLINE_AUDIENCE ? Math.max(1, listeners / 1_000) : 0;
  return sum(one, {
    ...times(more, thousands),
    readUnits: grown.readUnits,
    gigabyteSeconds: grown.gigabyteSeconds,
    lambdaSeconds: grown.lambdaSeconds,
  });
}

/** It goes the way of a notification once it is stored, and was recorded with one listener. */
export function clientEventWork(listeners: number, measured: Measured): Work {
  const beyondTheFirst = sum(notificationWork(listeners, measured), times(notificationWork(1, measured), -1));
  return sum(workOf('clientEvent', measured), beyondTheFirst);
}

function invocationsOf(
  name: string,
  { count, milliseconds }: InvocationFigures,
  { deployed, lambdaSlowdown }: Measured,
): Work {
  const megabytes = deployed.memoryInMegabytes.get(name);
  if (megabytes === undefined) {
    throw new Error(
      `bench/recorded/store.json tells of a function "${name}" that the template does not have; record it anew: npm run bench -- store --record.`,
    );
  }
  // Billed by the millisecond, begun ones too.
  const seconds = (count * Math.ceil(milliseconds * lambdaSlowdown)) / 1_000;
  return {
    ...none,
    invocations: count,
    lambdaSeconds: seconds,
    gigabyteSeconds: (seconds * megabytes) / 1_024,
  };
}
