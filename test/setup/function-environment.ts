import { environmentNames } from '../../lambdas/environment-names.ts';

/** Every variable a function can have, as `lib/` would set it. */
export const functionEnvironment = {
  [environmentNames.connectionsTable]: 'connections',
  [environmentNames.notificationsTable]: 'notifications',
  [environmentNames.appSecretArn]: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:app',
  [environmentNames.appId]: 'app',
  [environmentNames.appKey]: 'key',
  [environmentNames.allowedOrigins]: '["*.example"]',
  [environmentNames.channelPattern]: 'private-commerce.{tenant}',
  [environmentNames.jwtIssuers]: JSON.stringify([
    {
      issuer: 'https://api.example',
      audience: 'pregonero',
      jwksUrl: 'https://api.example/jwks.json',
      algorithms: ['RS256'],
      tenantClaim: 'commerce_id',
      userClaim: 'sub',
    },
  ]),
  [environmentNames.activityTimeoutInSeconds]: '120',
  [environmentNames.limits]: JSON.stringify({
    maxConnections: null,
    maxChannelsPerConnection: 100,
    maxChannelNameLength: 200,
    maxEventNameLength: 200,
    maxChannelsPerEvent: 100,
    maxEventDataBytes: 32_768,
    maxClientMessageBytes: 10_240,
    maxClientMessagesPerSecond: 20,
  }),
  [environmentNames.notificationRetentionInSeconds]: '604800',
  [environmentNames.retryQueueUrl]: 'https://sqs.us-east-1.amazonaws.com/000000000000/retry.fifo',
  [environmentNames.retryDeadLetterQueueUrl]:
    'https://sqs.us-east-1.amazonaws.com/000000000000/retry-dead-letter.fifo',
  [environmentNames.deadLetterQueueUrl]: 'https://sqs.us-east-1.amazonaws.com/000000000000/dead-letter',
  [environmentNames.expiryQueueUrl]: 'https://sqs.us-east-1.amazonaws.com/000000000000/expiry',
  [environmentNames.managementEndpoint]: 'https://abc.execute-api.us-east-1.amazonaws.com/production',
};
