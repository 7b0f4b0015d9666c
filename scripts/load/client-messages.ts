/** What a process with clients is told to do. */
export type ClientCommand =
  | { readonly kind: 'open'; readonly plan: ClientPlan }
  /** Answers with a result once every client has that many notifications of its channel, or when the time is over. */
  | { readonly kind: 'await'; readonly expected: ReadonlyMap<string, number>; readonly milliseconds: number };

export interface ClientPlan {
  /** `wss://…/app/{key}?…` */
  readonly url: string;
  readonly appKey: string;
  readonly appSecret: string;
  /** One entry a connection: the channel it subscribes to. */
  readonly channels: readonly string[];
  readonly connectionsPerSecond: number;
}

/** What it says. */
export type ClientReport =
  | { readonly kind: 'progress'; readonly subscribed: number }
  | { readonly kind: 'opened'; readonly opening: Opening }
  | { readonly kind: 'result'; readonly reception: Reception };

export interface Opening {
  readonly subscribed: number;
  /** Dialled once more, after a refusal, an error frame, or a socket that broke before it was subscribed; by what was said. */
  readonly redials: ReadonlyMap<string, number>;
  /** From the handshake's beginning to the subscription's success, of each connection. */
  readonly milliseconds: Float64Array;
}

export interface Reception {
  readonly received: number;
  readonly repeated: number;
  /** Connections that were subscribed and did not stay. */
  readonly lostConnections: number;
  /** From the call that wrote the row to the frame: of all but the first notification, which starts the broadcaster. */
  readonly milliseconds: Float64Array;
}

/** `data` of a notification of a load. */
export interface LoadNotification {
  /** Of its channel, from 0. */
  readonly number: number;
  /** Epoch milliseconds at which its writing began. */
  readonly at: number;
  /** Not to be timed. */
  readonly first: boolean;
}
