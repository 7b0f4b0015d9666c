import { describe, expect, it } from 'vitest';
import {
  asList,
  environmentOf,
  inWords,
  permissionsOf,
  policyStatements,
  resourcesOf,
} from './function-permissions.ts';
import { synthesize } from './synthesized-stacks.ts';

const jwtIssuers = [
  {
    issuer: 'https://issuer.example.com',
    audience: 'pregonero',
    jwksUrl: 'https://issuer.example.com/jwks.json',
    algorithms: ['RS256'],
    tenantClaim: 'commerce_id',
    userClaim: 'sub',
  },
];
const { realtime } = synthesize({
  jwtIssuers,
  limits: { maxConnections: 200 },
  allowedOrigins: ['*.example.com'],
  notificationRetentionInDays: 2,
});

const stage = 'arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:WebSocketApi/test';
const managesConnections = [
  `execute-api:ManageConnections on ${stage}/DELETE/@connections/*`,
  `execute-api:ManageConnections on ${stage}/POST/@connections/*`,
];
const readsSecret = 'secretsmanager:GetSecretValue on AppSecret';
const logs = (id: string) => [`logs:CreateLogStream on ${id}Logs`, `logs:PutLogEvents on ${id}Logs`];
const takesFrom = (queue: string) => [
  `sqs:DeleteMessage on ${queue}`,
  `sqs:GetQueueAttributes on ${queue}`,
  `sqs:ReceiveMessage on ${queue}`,
];
const readsStreamOf = (table: string) => [
  `dynamodb:DescribeStream on ${table} stream`,
  `dynamodb:GetRecords on ${table} stream`,
  `dynamodb:GetShardIterator on ${table} stream`,
  `dynamodb:ListStreams on ${table}/stream/*`,
  'sqs:SendMessage on StreamFailures',
];

/** What each function may do: all of it. */
const permissions: Readonly<Record<string, readonly string[]>> = {
  authorize: logs('WebSocketAuthorize'),
  connect: [
    'dynamodb:ConditionCheckItem on Connections',
    'dynamodb:GetItem on Connections',
    'dynamodb:PutItem on Connections',
    'dynamodb:Query on Connections',
    'dynamodb:UpdateItem on Connections',
    ...logs('WebSocketConnect'),
  ],
  disconnect: ['dynamodb:DeleteItem on Connections', ...logs('WebSocketDisconnect')],
  message: [
    'dynamodb:BatchGetItem on Connections',
    'dynamodb:BatchWriteItem on Connections',
    'dynamodb:ConditionCheckItem on Connections',
    'dynamodb:DeleteItem on Connections',
    'dynamodb:GetItem on Connections',
    'dynamodb:PutItem on Connections',
    'dynamodb:PutItem on Notifications',
    'dynamodb:Query on Connections',
    'dynamodb:UpdateItem on Connections',
    readsSecret,
    ...managesConnections,
    ...logs('WebSocketMessage'),
  ],
  rest: [
    'dynamodb:BatchWriteItem on Notifications',
    'dynamodb:DeleteItem on Connections',
    'dynamodb:GetItem on Connections',
    'dynamodb:PutItem on Connections',
    'dynamodb:Query on Connections',
    'dynamodb:UpdateItem on Connections',
    readsSecret,
    `execute-api:ManageConnections on ${stage}/DELETE/@connections/*`,
    ...logs('HttpRest'),
  ],
  'channel-auth': [readsSecret, ...logs('HttpChannelAuth')],
  lifecycle: [
    'dynamodb:BatchGetItem on Connections',
    'dynamodb:BatchWriteItem on Connections',
    'dynamodb:ConditionCheckItem on Connections',
    'dynamodb:DeleteItem on Connections',
    'dynamodb:GetItem on Connections',
    'dynamodb:PutItem on Connections',
    'dynamodb:Query on Connections',
    'dynamodb:UpdateItem on Connections',
    'sqs:SendMessage on ConnectionsExpiry',
    ...readsStreamOf('Connections'),
    ...managesConnections,
    ...logs('ConnectionsLifecycle'),
  ],
  expire: [
    'dynamodb:DeleteItem on Connections',
    'dynamodb:GetItem on Connections',
    'sqs:SendMessage on ConnectionsExpiry',
    ...takesFrom('ConnectionsExpiry'),
    ...managesConnections,
    ...logs('ConnectionsExpire'),
  ],
  broadcast: [
    'dynamodb:BatchGetItem on Connections',
    'dynamodb:DeleteItem on Connections',
    'dynamodb:GetItem on Connections',
    'dynamodb:PutItem on Connections',
    'dynamodb:Query on Connections',
    'dynamodb:UpdateItem on Connections',
    'sqs:SendMessage on FanOutDeadLetter',
    'sqs:SendMessage on FanOutDelivery',
    'sqs:SendMessage on FanOutRetry',
    ...readsStreamOf('Notifications'),
    `execute-api:ManageConnections on ${stage}/POST/@connections/*`,
    ...logs('FanOutBroadcast'),
  ],
  deliver: [
    'dynamodb:DeleteItem on Connections',
    'dynamodb:GetItem on Connections',
    'dynamodb:Query on Connections',
    'dynamodb:UpdateItem on Connections',
    'sqs:ChangeMessageVisibility on FanOutDelivery',
    'sqs:SendMessage on FanOutRetry',
    ...takesFrom('FanOutDelivery'),
    `execute-api:ManageConnections on ${stage}/POST/@connections/*`,
    ...logs('FanOutDeliver'),
  ],
  redeliver: [
    'dynamodb:DeleteItem on Connections',
    'dynamodb:GetItem on Connections',
    'dynamodb:UpdateItem on Connections',
    'sqs:SendMessage on FanOutRetryDeadLetter',
    ...takesFrom('FanOutRetry'),
    ...managesConnections,
    ...logs('FanOutRedeliver'),
  ],
  occupancy: [
    'dynamodb:BatchGetItem on Connections',
    'dynamodb:GetItem on Connections',
    'dynamodb:PutItem on Connections',
    'dynamodb:Query on Connections',
    'dynamodb:UpdateItem on Connections',
    'dynamodb:PutItem on Notifications',
    'sqs:SendMessage on OccupancyGrace',
    ...readsStreamOf('Connections'),
    ...logs('OccupancyFollow'),
  ],
  settle: [
    'dynamodb:BatchGetItem on Connections',
    'dynamodb:DeleteItem on Connections',
    'dynamodb:GetItem on Connections',
    'dynamodb:PutItem on Connections',
    'dynamodb:Query on Connections',
    'dynamodb:UpdateItem on Connections',
    'dynamodb:PutItem on Notifications',
    'sqs:SendMessage on OccupancyGrace',
    ...takesFrom('OccupancyGrace'),
    ...logs('OccupancySettle'),
  ],
};

const limits = JSON.stringify({
  maxConnections: 200,
  maxConnectionsPerTenant: null,
  maxChannelsPerConnection: 100,
  maxChannelNameLength: 200,
  maxEventNameLength: 200,
  maxChannelsPerEvent: 100,
  maxEventsPerBatch: 100,
  maxEventDataBytes: 32_768,
  maxClientMessageBytes: 10_240,
  maxClientMessagesPerSecond: 20,
  maxClientEventsPerSecond: 10,
  maxMembersPerChannel: 100,
  maxUserInfoBytes: 1_024,
  maxApiRequestsPerSecond: null,
});
const endpoint = {
  AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI:
    'https://WebSocketApi.execute-api.AWS::Region.AWS::URLSuffix/test',
};
const issuers = { JWT_ISSUERS: JSON.stringify(jwtIssuers) };
const origins = { ALLOWED_ORIGINS: '["*.example.com"]' };
const connections = { CONNECTIONS_TABLE: 'Connections' };
const secret = { APP_SECRET_ARN: 'AppSecret' };
const pattern = { CHANNEL_PATTERN: 'private-commerce.{tenant}' };

const settling = {
  ...connections,
  NOTIFICATIONS_TABLE: 'Notifications',
  GRACE_QUEUE_URL: 'OccupancyGrace',
  GRACE_IN_SECONDS: '3',
  SUBSCRIPTION_COUNT_INTERVAL_IN_SECONDS: '0',
  WEBHOOKS: '[]',
};

/** What each function is told: all of it. */
const environments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  authorize: { ...issuers, ...pattern, LIMITS: limits },
  connect: { ...connections, ...origins, APP_KEY: 'key-1', LIMITS: limits },
  disconnect: connections,
  message: {
    ...connections,
    ...secret,
    ...pattern,
    ...endpoint,
    NOTIFICATIONS_TABLE: 'Notifications',
    APP_KEY: 'key-1',
    CLIENT_EVENTS: 'members',
    DENIAL_IN_SECONDS: '60',
    LIMITS: limits,
  },
  rest: {
    ...connections,
    ...secret,
    ...endpoint,
    ...origins,
    NOTIFICATIONS_TABLE: 'Notifications',
    APP_ID: 'app-1',
    APP_KEY: 'key-1',
    LIMITS: limits,
    NOTIFICATION_RETENTION_IN_SECONDS: '172800',
    DENIAL_IN_SECONDS: '60',
  },
  'channel-auth': { ...secret, ...pattern, ...issuers, ...origins, APP_KEY: 'key-1', LIMITS: limits },
  lifecycle: {
    ...connections,
    ...pattern,
    ...endpoint,
    ACTIVITY_TIMEOUT_IN_SECONDS: '120',
    LIMITS: limits,
    EXPIRY_QUEUE_URL: 'ConnectionsExpiry',
  },
  expire: { ...connections, ...endpoint, EXPIRY_QUEUE_URL: 'ConnectionsExpiry' },
  broadcast: {
    ...connections,
    ...endpoint,
    DELIVERY_QUEUE_URL: 'FanOutDelivery',
    RETRY_QUEUE_URL: 'FanOutRetry',
    DEAD_LETTER_QUEUE_URL: 'FanOutDeadLetter',
    CACHE_TIME_TO_LIVE_IN_SECONDS: '3600',
    WEBHOOKS: '[]',
  },
  deliver: {
    ...connections,
    ...endpoint,
    DELIVERY_QUEUE_URL: 'FanOutDelivery',
    RETRY_QUEUE_URL: 'FanOutRetry',
    POSTS_PER_SECOND: '4000',
  },
  redeliver: { ...connections, ...endpoint, RETRY_DEAD_LETTER_QUEUE_URL: 'FanOutRetryDeadLetter' },
  occupancy: settling,
  settle: settling,
};

describe('each function', () => {
  it.each(Object.entries(permissions))('%s may do just what it does', (name, expected) => {
    expect(permissionsOf(realtime, name)).toEqual([...expected].sort());
  });

  it.each(Object.entries(environments))('%s is told just what it needs', (name, expected) => {
    const environment = Object.entries(environmentOf(realtime, name));
    expect(Object.fromEntries(environment.map(([key, value]) => [key, inWords(value)]))).toEqual(expected);
  });

  it('lets members depart where it sees them leave, when there is no grace', () => {
    const { realtime: withoutGrace } = synthesize({ graceInSeconds: 0 });
    expect(permissionsOf(withoutGrace, 'occupancy')).toEqual(
      [...(permissions.occupancy ?? []), 'dynamodb:DeleteItem on Connections'].sort(),
    );
  });

  it('is in these lists', () => {
    const names = Object.values(resourcesOf(realtime, 'AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.FunctionName,
    );
    expect(names.sort()).toEqual(
      Object.keys(permissions)
        .map((name) => `pregonero-test-${name}`)
        .sort(),
    );
    expect(Object.keys(environments).sort()).toEqual(Object.keys(permissions).sort());
  });

  it('runs bundled ESM on Node 24 and arm64, and writes structured lines to a log that ends', () => {
    for (const { Properties } of Object.values(resourcesOf(realtime, 'AWS::Lambda::Function'))) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.stringMatching(/Logs/) } },
      });
      expect(Properties.Layers).toBeUndefined();
    }
    for (const [id, { Properties }] of Object.entries(resourcesOf(realtime, 'AWS::Logs::LogGroup'))) {
      expect(Properties.RetentionInDays, id).toBe(30);
    }
  });

  it('is stopped by Lambda when it runs in circles, but for the one that is meant to', () => {
    const loops = Object.values(resourcesOf(realtime, 'AWS::Lambda::Function')).flatMap(({ Properties }) =>
      Properties.RecursiveLoop === undefined ? [] : [[Properties.FunctionName, Properties.RecursiveLoop]],
    );
    expect(loops).toEqual([['pregonero-test-expire', 'Allow']]);
  });

  it('behind an API answers before the API gives up, at 29 seconds', () => {
    const behindApis = ['authorize', 'connect', 'disconnect', 'message', 'rest', 'channel-auth'];
    for (const { Properties } of Object.values(resourcesOf(realtime, 'AWS::Lambda::Function'))) {
      const name = String(Properties.FunctionName).replace('pregonero-test-', '');
      if (behindApis.includes(name)) expect(Properties.Timeout, name).toBeLessThan(29);
    }
  });
});

describe('permissions', () => {
  /** The only wildcards there are. Reasons stand with the constructs. */
  const wildcards = [/\/stream\/\*$/, /\/(POST|DELETE)\/@connections\/\*$/];

  it('name their actions one by one, and their resources but for two kinds', () => {
    for (const { statement } of policyStatements(realtime)) {
      for (const action of asList(statement.Action)) expect(action).not.toContain('*');
      for (const resource of asList(statement.Resource).map(inWords)) {
        if (resource.includes('*')) {
          expect(
            wildcards.some((allowed) => allowed.test(resource)),
            resource,
          ).toBe(true);
        }
      }
    }
  });

  it('come from no managed policy', () => {
    for (const [id, { Properties }] of Object.entries(resourcesOf(realtime, 'AWS::IAM::Role'))) {
      if (!id.startsWith('WebSocketLogRole')) expect(Properties.ManagedPolicyArns, id).toBeUndefined();
    }
  });
});
