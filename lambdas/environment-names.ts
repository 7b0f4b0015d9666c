/**
 * The environment variables of the functions: set by `lib/`, parsed once by `lambdas/composition/`.
 * Apart from the types of three files of `protocol/`, the only file of `lambdas/` that `lib/` may import.
 */
export const environmentNames = {
  /** Name of the Connections table. */
  connectionsTable: 'CONNECTIONS_TABLE',
  /** Name of the Notifications table. */
  notificationsTable: 'NOTIFICATIONS_TABLE',
  /** ARN of the app secret in Secrets Manager. */
  appSecretArn: 'APP_SECRET_ARN',
  appId: 'APP_ID',
  appKey: 'APP_KEY',
  /** JSON array of host globs, as in Reverb's `allowed_origins`; `["*"]` allows every origin. */
  allowedOrigins: 'ALLOWED_ORIGINS',
  /** For example `private-commerce.{tenant}`. */
  channelPattern: 'CHANNEL_PATTERN',
  /** JSON array of {@link file://./protocol/token-issuer.ts TokenIssuer}. */
  jwtIssuers: 'JWT_ISSUERS',
  /** Seconds of silence after which a Pusher client pings. */
  activityTimeoutInSeconds: 'ACTIVITY_TIMEOUT_IN_SECONDS',
  /** JSON object of {@link file://./protocol/limits.ts Limits}. */
  limits: 'LIMITS',
  /** Seconds that a notification written by the HTTP API is kept. */
  notificationRetentionInSeconds: 'NOTIFICATION_RETENTION_IN_SECONDS',
  /** Who may send client events: `members`, `all` or `none`. */
  clientEvents: 'CLIENT_EVENTS',
  /** Seconds until a leave is announced, in which whoever comes back has never left. */
  graceInSeconds: 'GRACE_IN_SECONDS',
  /** Seconds that the last event of a cache channel is kept. */
  cacheTimeToLiveInSeconds: 'CACHE_TIME_TO_LIVE_IN_SECONDS',
  /** Seconds between two `subscription_count` of a channel; 0 sends none. */
  subscriptionCountIntervalInSeconds: 'SUBSCRIPTION_COUNT_INTERVAL_IN_SECONDS',
  /** Seconds that a user whose connections were terminated is kept out. */
  denialInSeconds: 'DENIAL_IN_SECONDS',
  /** JSON array of {@link file://./protocol/webhook-event.ts WebhookEndpoint}. */
  webhooks: 'WEBHOOKS',
  /** Standard queue of events for webhooks; not set where there are no webhooks. */
  webhookQueueUrl: 'WEBHOOK_QUEUE_URL',
  /** Standard queue of delayed messages that settle who has left. */
  graceQueueUrl: 'GRACE_QUEUE_URL',
  /** FIFO queue of entries for large audiences, a message for each shard. */
  deliveryQueueUrl: 'DELIVERY_QUEUE_URL',
  /** Posts that one environment begins in a second, at most. */
  postsPerSecond: 'POSTS_PER_SECOND',
  /** FIFO queue of deliveries that failed after the retries of the broadcaster. */
  retryQueueUrl: 'RETRY_QUEUE_URL',
  /** FIFO queue of deliveries that were given up. */
  retryDeadLetterQueueUrl: 'RETRY_DEAD_LETTER_QUEUE_URL',
  /** Standard queue of rows that cannot be broadcast. */
  deadLetterQueueUrl: 'DEAD_LETTER_QUEUE_URL',
  /** Standard queue of delayed messages that close connections whose token has expired. */
  expiryQueueUrl: 'EXPIRY_QUEUE_URL',
  /**
   * `https://{api}.execute-api.{region}.{suffix}/{stage}`: the callback URL of the WebSocket stage, under the name
   * from which the AWS SDK itself takes it, so that no code of ours passes an endpoint to its client.
   */
  managementEndpoint: 'AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI',
} as const;

export type EnvironmentName = (typeof environmentNames)[keyof typeof environmentNames];
