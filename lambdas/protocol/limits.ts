/** Bounds of what a client or an API caller may send. Defaults stand in `lib/deployment-config.ts`, once. */
export interface Limits {
  /** Open connections of the app; null is unlimited. */
  readonly maxConnections: number | null;
  /** Open connections of one tenant; null is unlimited. */
  readonly maxConnectionsPerTenant: number | null;
  /** Channels one connection may be on. */
  readonly maxChannelsPerConnection: number;
  /** Characters of a channel name (Pusher: 200 on the wire API, 164 in the SDKs). */
  readonly maxChannelNameLength: number;
  /** Characters of an event name. */
  readonly maxEventNameLength: number;
  /** Channels of one `POST /apps/{id}/events`. */
  readonly maxChannelsPerEvent: number;
  /** Events of one `POST /apps/{id}/batch_events`. */
  readonly maxEventsPerBatch: number;
  /** Bytes of the `data` of one event. */
  readonly maxEventDataBytes: number;
  /** Bytes of one message from a client. */
  readonly maxClientMessageBytes: number;
  /** Messages of one connection a second, averaged over ten seconds. */
  readonly maxClientMessagesPerSecond: number;
  /** Client events of one connection a second, whatever environments they reach. */
  readonly maxClientEventsPerSecond: number;
  /** Users on one presence channel. */
  readonly maxMembersPerChannel: number;
  /** Bytes of the `user_info` of one member, as JSON. */
  readonly maxUserInfoBytes: number;
  /** Requests of the HTTP API a second, all callers together; null is unlimited. */
  readonly maxApiRequestsPerSecond: number | null;
}

/**
 * Bytes of a sort key; a partition key has more. A name that is longer can be part of no row, and DynamoDB refuses even to look for it.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const MAX_KEY_BYTES = 1024;

/** API Gateway's own limit on one message in either direction, in bytes (128 KB). */
export const MAX_FRAME_BYTES = 128 * 1024;
