import type { Limits } from '../../lambdas/protocol/limits.ts';

/** Small enough that a test can exceed them. */
export const limits: Limits = {
  maxConnections: null,
  maxConnectionsPerTenant: null,
  maxChannelsPerConnection: 3,
  maxChannelNameLength: 200,
  maxEventNameLength: 200,
  maxChannelsPerEvent: 100,
  maxEventsPerBatch: 10,
  maxEventDataBytes: 100 * 1024,
  maxClientMessageBytes: 10_000,
  maxClientMessagesPerSecond: 2,
  maxClientEventsPerSecond: 2,
  maxMembersPerChannel: 3,
  maxUserInfoBytes: 1_024,
  maxApiRequestsPerSecond: null,
};
