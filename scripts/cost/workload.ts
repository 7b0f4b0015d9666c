/** What clients and APIs do. Rates are those of the hours in which they do it. */
export interface Workload {
  /** Open at once, on average. */
  readonly connections: number;
  /** Open at once, at most: what servers and plans have to be made for. */
  readonly connectionsPeak: number;
  /** 24 is all day; in the hours that are left nobody is connected and nothing is sent. */
  readonly hoursADay: number;
  /** How long a connection lasts; API Gateway ends it after two hours, and its client comes back. */
  readonly sessionMinutes: number;
  readonly subscriptionsPerConnection: number;
  readonly notificationsPerSecond: number;
  readonly listenersPerNotification: number;
  /** Of a delivered frame. */
  readonly frameBytes: number;
  /** Whispers, of each connection. */
  readonly clientEventsPerMinute: number;
  readonly listenersPerClientEvent: number;
  /** Of the HTTP API: what is published through it, and subscriptions that it signs. */
  readonly httpRequestsPerSecond: number;
  /** Silence after which a client sends a ping. */
  readonly pingSeconds: number;
}

/** As AWS bills: 30 days, so that 24 hours are 43,200 minutes. */
export const DAYS_A_MONTH = 30;
export const HOURS_A_MONTH = DAYS_A_MONTH * 24;

/** How often each thing happens. */
export interface Frequencies {
  readonly connectionMinutes: number;
  readonly sessions: number;
  readonly subscriptions: number;
  readonly notifications: number;
  readonly deliveries: number;
  readonly pings: number;
  readonly clientEvents: number;
  readonly httpRequests: number;
}

/** Seconds of a month in which there is anything. */
export const busySeconds = ({ hoursADay }: Workload): number => hoursADay * 3_600 * DAYS_A_MONTH;

/** In `seconds` of the hours in which there is anything; all that follows is linear in them. */
export function frequencies(workload: Workload, seconds: number): Frequencies {
  const { connections, notificationsPerSecond, listenersPerNotification } = workload;
  const sessions = (connections * seconds) / (workload.sessionMinutes * 60);
  const deliveriesPerSecond = notificationsPerSecond * listenersPerNotification;
  return {
    connectionMinutes: (connections * seconds) / 60,
    sessions,
    subscriptions: sessions * workload.subscriptionsPerConnection,
    notifications: notificationsPerSecond * seconds,
    deliveries: deliveriesPerSecond * seconds,
    pings: connections * pingRate(deliveriesPerSecond / connections, workload.pingSeconds) * seconds,
    clientEvents: (connections * workload.clientEventsPerMinute * seconds) / 60,
    httpRequests: workload.httpRequestsPerSecond * seconds,
  };
}

/**
 * Pings a second of one connection. A Pusher client pings when it has heard nothing for `pingSeconds`, and whatever it hears, the
 * pong too, begins that time anew (pusher-js, `connection_manager.ts`). Where deliveries come at random, each silence lasts so long with
 * the probability exp(-rate × time); so the pings are those of whom nothing is sent, 1 ÷ time, and soon none where much is.
 */
export function pingRate(deliveriesPerSecond: number, pingSeconds: number): number {
  const expected = deliveriesPerSecond * pingSeconds;
  return expected === 0 ? 1 / pingSeconds : deliveriesPerSecond / Math.expm1(expected);
}

/** The same behaviour with more clients: each of them hears as much as before, from as many more notifications. */
export function withConnections(workload: Workload, connections: number): Workload {
  const factor = connections / workload.connections;
  return {
    ...workload,
    connections,
    connectionsPeak: workload.connectionsPeak * factor,
    notificationsPerSecond: workload.notificationsPerSecond * factor,
    listenersPerNotification: Math.min(workload.listenersPerNotification, connections),
    httpRequestsPerSecond: workload.httpRequestsPerSecond * factor,
  };
}
