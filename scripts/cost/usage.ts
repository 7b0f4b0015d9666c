import {
  clientEventWork,
  httpRequestWork,
  type Measured,
  notificationWork,
  pingWork,
  sum,
  times,
  type Work,
  workOf,
} from './work.ts';
import { DAYS_A_MONTH, type Frequencies, HOURS_A_MONTH, type Workload } from './workload.ts';

/** What else is counted with, and was not measured. */
export interface Assumptions {
  /** That Lambda itself logs of an invocation, and what a function logs besides, on average. */
  readonly logBytes: number;
  /** Of the line that API Gateway writes of a handshake, a message, a closing and a request. */
  readonly accessLogBytes: number;
  /** How long a row of the Notifications table stays there. */
  readonly retentionDays: number;
}

const MESSAGE_UNIT = 32 * 1024;
const GIGABYTE = 1024 ** 3;
/** Of what is no notification: greetings, answers, pongs. */
const SMALL_FRAME_BYTES = 120;
/** Of a row: keys, event, times, and the 100 bytes that DynamoDB adds. */
const ROW_BYTES = 300;
/** Of a connection, and of each subscription, with all that is counted and noted for them. */
const CONNECTION_ROW_BYTES = 600;
/** Long polls of a queue: five pollers, each every 20 s. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const POLLS_A_SECOND = 5 / 20;
/** The app secret, by each environment that signs or checks with it, of which there are a few at least. */
const SECRET_READ_SECONDS = 300;
const LEAST_ENVIRONMENTS = 2;

export interface Traffic {
  readonly messages: number;
  readonly messagesIn: number;
  readonly gigabytesOut: number;
  readonly queued: { readonly standard: number; readonly fifo: number };
  readonly work: Work;
}

/** What the given frequencies ask for. */
export function traffic(workload: Workload, frequent: Frequencies, measured: Measured): Traffic {
  const { listenersPerNotification, listenersPerClientEvent, subscriptionsPerConnection, frameBytes } =
    workload;
  const { sessions, subscriptions, notifications, deliveries, pings, clientEvents, httpRequests } = frequent;
  const whispered = clientEvents * listenersPerClientEvent;
  const messagesIn = subscriptions + pings + clientEvents;
  // A greeting, and an answer to each message.
  const small = sessions + messagesIn;
  const units = Math.ceil(frameBytes / MESSAGE_UNIT);

  // A closing was recorded with one subscription.
  const further = Math.max(0, subscriptionsPerConnection - 1) * sessions;
  const connecting = sum(
    times(workOf('connect', measured), sessions),
    times(workOf('subscribe', measured), subscriptions),
    times(workOf('disconnect', measured), sessions),
    times(workOf('unsubscribe', measured), further),
  );
  const fanOut = sum(
    times(notificationWork(listenersPerNotification, measured), notifications),
    times(clientEventWork(listenersPerClientEvent, measured), clientEvents),
  );
  return {
    messagesIn,
    messages: messagesIn + small + (deliveries + whispered) * units,
    gigabytesOut: ((deliveries + whispered) * frameBytes + small * SMALL_FRAME_BYTES) / GIGABYTE,
    // The retry and the delivery queue keep an order, the others do not.
    queued: { standard: connecting.sqsRequests, fifo: fanOut.sqsRequests },
    work: sum(
      connecting,
      fanOut,
      times(pingWork(measured), pings),
      times(httpRequestWork(measured), httpRequests),
    ),
  };
}

/** Units of each price, of a month. */
export interface Usage extends Omit<Work, 'sqsRequests' | 'lambdaSeconds'> {
  readonly connectionMinutes: number;
  readonly messages: number;
  readonly httpRequests: number;
  readonly handshakes: number;
  readonly gigabytesOut: number;
  readonly standardQueueRequests: number;
  readonly fifoQueueRequests: number;
  readonly storedGigabytes: number;
  readonly functionLogGigabytes: number;
  readonly accessLogGigabytes: number;
  readonly secretReads: number;
}

export function monthlyUsage(
  workload: Workload,
  frequent: Frequencies,
  measured: Measured,
  assumptions: Assumptions,
): Usage {
  const { connectionMinutes, sessions, notifications, httpRequests } = frequent;
  const { messages, messagesIn, gigabytesOut, queued, work } = traffic(workload, frequent, measured);
  const { polledQueues } = measured.deployed;
  const month = HOURS_A_MONTH * 3_600;
  const polls = POLLS_A_SECOND * month;
  const rows = (notifications / DAYS_A_MONTH) * assumptions.retentionDays;
  const rowsOfConnections = workload.connections * (1 + workload.subscriptionsPerConnection);
  const environments = Math.max(LEAST_ENVIRONMENTS, work.lambdaSeconds / month);
  return {
    connectionMinutes,
    messages,
    httpRequests,
    handshakes: sessions,
    gigabytesOut,
    readUnits: work.readUnits,
    writeUnits: work.writeUnits,
    invocations: work.invocations,
    gigabyteSeconds: work.gigabyteSeconds,
    standardQueueRequests: polledQueues.standard * polls + queued.standard,
    fifoQueueRequests: polledQueues.fifo * polls + queued.fifo,
    storedGigabytes:
      (rows * (workload.frameBytes + ROW_BYTES) + rowsOfConnections * CONNECTION_ROW_BYTES) / GIGABYTE,
    functionLogGigabytes: (work.invocations * assumptions.logBytes) / GIGABYTE,
    accessLogGigabytes: ((2 * sessions + messagesIn + httpRequests) * assumptions.accessLogBytes) / GIGABYTE,
    secretReads: environments * (month / SECRET_READ_SECONDS),
  };
}
