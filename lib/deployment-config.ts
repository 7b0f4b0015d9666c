import * as v from 'valibot';
import type { Limits } from '../lambdas/protocol/limits.ts';
import type { TokenIssuer } from '../lambdas/protocol/token-issuer.ts';
import type { WebhookEndpoint } from '../lambdas/protocol/webhook-event.ts';
import { report, settings, text, wholeNumber } from './setting.ts';
import { tokenIssuer } from './token-issuer-setting.ts';
import { webhookEndpoints } from './webhook-setting.ts';

/** Settings of one deployment, complete: every default has been filled in, once, by {@link parseDeploymentConfig}. */
export interface DeploymentConfig {
  /** Part of every name, and the name of the WebSocket API's stage. */
  readonly stage: string;
  readonly appId: string;
  readonly appKey: string;
  /** Host globs, as in Reverb's `allowed_origins`; `*` alone allows every origin. */
  readonly allowedOrigins: readonly string[];
  /** Which channels belong to which tenant: `private-commerce.{tenant}`. */
  readonly channelPattern: string;
  readonly jwtIssuers: readonly TokenIssuer[];
  readonly limits: Limits;
  /**
   * Who may send client events: `members` of a private or presence channel, `all` who are connected (but for channels of a tenant,
   * which stay its members'), or `none`.
   */
  readonly clientEvents: 'members' | 'all' | 'none';
  /** How long after its last connection a member stays on its channel, and until a channel is told to be vacated. */
  readonly graceInSeconds: number;
  /** How long the last event of a cache channel is kept. */
  readonly cacheTimeToLiveInSeconds: number;
  /** Least time between two `subscription_count` of a channel; null sends none. */
  readonly subscriptionCountIntervalInSeconds: number | null;
  /** How long a user whose connections were terminated is kept out. */
  readonly denialInSeconds: number;
  readonly webhooks: readonly WebhookEndpoint[];
  /** Silence after which a Pusher client pings. API Gateway cuts what was silent for 600 s. */
  readonly activityTimeoutInSeconds: number;
  /** How long a notification that came through the REST API stays in its table. */
  readonly notificationRetentionInDays: number;
  readonly logRetentionInDays: number;
  readonly throttling: ThrottlingConfig;
  readonly edge: EdgeConfig;
  readonly alarms: AlarmConfig;
  /**
   * API Gateway writes the access log of a WebSocket API with one role per account and Region. `create` sets that role
   * (and keeps it when the stack goes); `existing` leaves the account as it is, where somebody else looks after it.
   * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
   */
  readonly apiGatewayLogRole: 'create' | 'existing';
}

export interface ThrottlingConfig {
  /** Of each API's stage, route by route; posts to connections are not counted here but by the account. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /**
   * What the account's quota of API Gateway in the Region is, or the part of it that is ours where others use it too.
   * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
   */
  readonly postsPerSecond: number;
}

export interface EdgeConfig {
  /** Needs `certificateArn`. Without it the distribution answers under its cloudfront.net name. */
  readonly domainName?: string;
  /** ACM, in us-east-1, as CloudFront wants it. */
  readonly certificateArn?: string;
  /** WAF web ACL of the CLOUDFRONT scope. */
  readonly webAclArn?: string;
  /**
   * `$connect` then requires a key that CloudFront adds: the execute-api address of the WebSocket API refuses everybody.
   * That of the HTTP API stays open, to signatures and tokens: an HTTP API knows neither keys nor resource policies.
   * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html
   */
  readonly onlyWayIn: boolean;
}

/** Who hears of an alarm; without both, alarms are only seen in the console. */
export interface AlarmConfig {
  readonly email?: string;
  readonly topicArn?: string;
}

/** Names every setting that cannot be used, what it is and what is allowed. */
export class WrongConfiguration extends Error {
  override readonly name = 'WrongConfiguration';
}

/** What CloudWatch Logs takes as `RetentionInDays`, up to ten years. */
const LOG_RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * Lambda's limit on a function's environment, measured as the JSON object of names and values that it makes of it: each quote
 * of a value that is JSON itself counts twice. Sources: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html,
 * https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594 ("String measured")
 */
const LAMBDA_ENVIRONMENT_BYTES = 4096;
/** What the environment holds besides the settings: variable names, ARNs, queue URLs, the management endpoint. */
const RESERVED_ENVIRONMENT_BYTES = 1024;

const identifier = text(/^[\w-]{1,64}$/, '1 to 64 letters, digits, "-" and "_"');

const deploymentConfig = settings({
  stage: text(/^[a-z][a-z0-9-]{0,19}$/, '1 to 20 lower-case letters, digits and "-", a letter first'),
  appId: identifier,
  appKey: identifier,
  allowedOrigins: v.optional(
    v.pipe(
      v.array(
        text(/^[\w.*-]+$/, 'a host, in which "*" stands for anything; no scheme, port or path'),
        'a list of hosts',
      ),
      v.minLength(1, 'at least one host; "*" allows every origin'),
    ),
    ['*'],
  ),
  channelPattern: text(
    // One pattern covers every kind of channel, so it is written in the plain one.
    /^private-(?!encrypted-|cache-)[\w=@,.;-]*\{tenant\}(\.[\w=@,.;-]+)?$/,
    'a channel name that begins with "private-" and has "{tenant}" once, at its end or before a dot',
  ),
  jwtIssuers: v.optional(
    v.pipe(
      v.array(tokenIssuer, 'a list of token issuers'),
      // A token names its issuer, and that has to lead to one entry.
      v.check(
        (issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length,
        'each issuer once',
      ),
    ),
    [],
  ),
  limits: v.optional(
    v.pipe(
      settings({
        maxConnections: v.optional(v.nullable(wholeNumber(1, 10_000_000, ', or null')), null),
        maxConnectionsPerTenant: v.optional(v.nullable(wholeNumber(1, 10_000_000, ', or null')), null),
        maxChannelsPerConnection: v.optional(wholeNumber(1, 1_000), 100),
        maxChannelNameLength: v.optional(wholeNumber(1, 200), 200),
        maxEventNameLength: v.optional(wholeNumber(1, 200), 200),
        maxChannelsPerEvent: v.optional(wholeNumber(1, 100), 100),
        maxEventsPerBatch: v.optional(wholeNumber(1, 100), 100),
        // One billing unit of API Gateway. Pusher and Reverb stop at 10 KB, which their users run into.
        maxEventDataBytes: v.optional(wholeNumber(1, 65_536), 32_768),
        // API Gateway closes a connection with 1009 on a frame above 32 KB, before any function sees it.
        maxClientMessageBytes: v.optional(wholeNumber(1, 32_768), 10_240),
        maxClientMessagesPerSecond: v.optional(wholeNumber(1, 1_000), 20),
        // As Pusher.
        maxClientEventsPerSecond: v.optional(wholeNumber(1, 1_000), 10),
        maxMembersPerChannel: v.optional(wholeNumber(1, 1_000), 100),
        maxUserInfoBytes: v.optional(wholeNumber(1, 16_384), 1_024),
        maxApiRequestsPerSecond: v.optional(v.nullable(wholeNumber(1, 100_000, ', or null')), null),
      }),
      v.check(
        (limits) => limits.maxChannelsPerConnection <= 10 * limits.maxClientMessagesPerSecond,
        'maxClientMessagesPerSecond at least a tenth of maxChannelsPerConnection, since a client that comes back ' +
          'joins all its channels at once, and its messages are averaged over ten seconds',
      ),
    ),
    {},
  ),
  clientEvents: v.optional(v.picklist(['members', 'all', 'none'], '"members", "all" or "none"'), 'members'),
  // As Pusher: a page that is loaded anew is back within it.
  graceInSeconds: v.optional(wholeNumber(0, 900), 3),
  cacheTimeToLiveInSeconds: v.optional(wholeNumber(1, 604_800), 3_600),
  subscriptionCountIntervalInSeconds: v.optional(v.nullable(wholeNumber(1, 900, ', or null')), null),
  denialInSeconds: v.optional(wholeNumber(1, 86_400), 60),
  webhooks: v.optional(webhookEndpoints, []),
  // Pings, not connection minutes, are what an idle client costs: four times fewer than at Reverb's 30 s.
  activityTimeoutInSeconds: v.optional(wholeNumber(10, 540), 120),
  notificationRetentionInDays: v.optional(wholeNumber(1, 3_650), 7),
  logRetentionInDays: v.optional(
    v.picklist(LOG_RETENTIONS, `days as CloudWatch Logs counts them: ${LOG_RETENTIONS.join(', ')}`),
    30,
  ),
  throttling: v.optional(
    settings({
      requestsPerSecond: v.optional(wholeNumber(1, 100_000), 1_000),
      burst: v.optional(wholeNumber(1, 50_000), 2_000),
      // Nobody tells a function what the quota is; this is what it is in most Regions until it is raised.
      postsPerSecond: v.optional(wholeNumber(500, 1_000_000), 10_000),
    }),
    {},
  ),
  edge: v.optional(
    v.pipe(
      settings({
        domainName: v.exactOptional(
          text(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'a domain name in lower case'),
        ),
        certificateArn: v.exactOptional(
          text(
            /^arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
            'the ARN of an ACM certificate in us-east-1',
          ),
        ),
        webAclArn: v.exactOptional(
          text(
            /^arn:aws[\w-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
            'the ARN of a WAF web ACL of the CLOUDFRONT scope (us-east-1)',
          ),
        ),
        onlyWayIn: v.optional(v.boolean('true or false'), false),
      }),
      v.check(
        (edge) => (edge.domainName === undefined) === (edge.certificateArn === undefined),
        'domainName and certificateArn together, or neither',
      ),
    ),
    {},
  ),
  alarms: v.optional(
    settings({
      email: v.exactOptional(text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address')),
      topicArn: v.exactOptional(text(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/, 'the ARN of an SNS topic')),
    }),
    {},
  ),
  apiGatewayLogRole: v.optional(v.picklist(['create', 'existing'], '"create" or "existing"'), 'create'),
});

/**
 * Completes and checks the settings of a deployment.
 * Throws {@link WrongConfiguration} with one sentence for each setting that is wrong, missing or unknown.
 */
export function parseDeploymentConfig(given: unknown): DeploymentConfig {
  const result = v.safeParse(deploymentConfig, given, { abortPipeEarly: true });
  if (!result.success) throw new WrongConfiguration(result.issues.map(report).join('\n'));
  const config: DeploymentConfig = result.output;
  const bytes = environmentBytes(config);
  const most = LAMBDA_ENVIRONMENT_BYTES - RESERVED_ENVIRONMENT_BYTES;
  if (bytes > most) {
    throw new WrongConfiguration(
      `jwtIssuers, allowedOrigins, limits, channelPattern and webhooks take ${bytes} bytes together; allowed: ${most}, ` +
        "since a Lambda function's environment ends at 4 KB. A JWKS URL is shorter than a public key.",
    );
  }
  return config;
}

function environmentBytes(config: DeploymentConfig): number {
  const { jwtIssuers, allowedOrigins, limits, channelPattern, webhooks } = config;
  const values = [jwtIssuers, allowedOrigins, limits, webhooks].map((value) => JSON.stringify(value));
  return Buffer.byteLength(JSON.stringify([...values, channelPattern]));
}
