import * as v from 'valibot';
import { environmentNames } from '../environment-names.ts';
import { parseChannelPattern } from '../protocol/tenancy.ts';
import { limits, tokenIssuers, webhookEndpoints } from './json-settings.ts';

/** The message of every schema says what is allowed; it becomes part of the sentence about a wrong value. */
const text = (pattern: RegExp, allowed: string) => v.pipe(v.string(allowed), v.regex(pattern, allowed));

const json = <const Schema extends v.GenericSchema>(schema: Schema, allowed: string) =>
  v.pipe(v.string(allowed), v.parseJson(undefined, allowed), schema);

const seconds = v.pipe(text(/^[1-9]\d{0,9}$/, 'a whole number of seconds, at least 1'), v.transform(Number));
const secondsOrNone = v.pipe(text(/^\d{1,10}$/, 'a whole number of seconds'), v.transform(Number));
const count = v.pipe(text(/^[1-9]\d{0,9}$/, 'a whole number, at least 1'), v.transform(Number));
const tableName = text(/^[\w.-]{3,255}$/, 'the name of a DynamoDB table');
const queueUrl = text(/^https?:\/\/\S+$/, 'the URL of an SQS queue');
const identifier = text(/^\S+$/, 'a text without spaces');
const hosts = v.pipe(v.array(v.string('a host glob'), 'a list'), v.minLength(1, 'at least one host glob'));

const channelPattern = v.pipe(
  v.string('a pattern as private-commerce.{tenant}'),
  v.rawCheck(({ dataset, addIssue }) => {
    try {
      parseChannelPattern(dataset.typed ? dataset.value : '');
    } catch (error) {
      addIssue({ message: `a pattern as private-commerce.{tenant}: ${(error as Error).message}` });
    }
  }),
);

/** What every variable has to be. Defaults stand in `lib/`; there is none here. */
const variables = {
  connectionsTable: tableName,
  notificationsTable: tableName,
  appSecretArn: text(/^arn:\S+$/, 'the ARN of a secret in Secrets Manager'),
  appId: identifier,
  appKey: identifier,
  allowedOrigins: json(hosts, 'a JSON list of host globs'),
  channelPattern,
  jwtIssuers: json(tokenIssuers, 'a JSON list of token issuers'),
  activityTimeoutInSeconds: seconds,
  limits: json(limits, 'a JSON object of limits'),
  notificationRetentionInSeconds: seconds,
  clientEvents: v.picklist(['members', 'all', 'none'], 'members, all or none'),
  graceInSeconds: secondsOrNone,
  cacheTimeToLiveInSeconds: seconds,
  subscriptionCountIntervalInSeconds: secondsOrNone,
  denialInSeconds: seconds,
  webhooks: json(webhookEndpoints, 'a JSON list of webhook endpoints'),
  webhookQueueUrl: queueUrl,
  graceQueueUrl: queueUrl,
  deliveryQueueUrl: queueUrl,
  postsPerSecond: count,
  retryQueueUrl: queueUrl,
  retryDeadLetterQueueUrl: queueUrl,
  deadLetterQueueUrl: queueUrl,
  expiryQueueUrl: queueUrl,
  // The SDK reads it itself, and would go to another host when it is missing.
  managementEndpoint: text(
    /^https?:\/\/[^/\s]+\/\S+$/,
    'the callback URL of the WebSocket stage, stage included',
  ),
} satisfies Record<keyof typeof environmentNames, v.GenericSchema<string, unknown>>;

/** The settings that functions have; `environmentNames` says which variable each is read from. */
export type Environment = {
  readonly [Name in keyof typeof variables]: v.InferOutput<(typeof variables)[Name]>;
};

/** The environment is not as `lib/` sets it: one sentence for each variable that is wrong. */
export class WrongEnvironment extends Error {
  override readonly name = 'WrongEnvironment';
}

/**
 * The settings of a function, each checked. Called while the function's module is loaded, so that a wrong one fails the
 * cold start, and not the first request that needs it. Throws {@link WrongEnvironment}.
 */
export function readEnvironment<Name extends keyof Environment>(
  names: readonly Name[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Pick<Environment, Name> {
  const settings: Partial<Record<keyof Environment, unknown>> = {};
  const complaints: string[] = [];
  for (const name of names) {
    const variable = environmentNames[name];
    const result = v.safeParse(variables[name], environment[variable], { abortEarly: true });
    if (result.success) {
      settings[name] = result.output;
    } else {
      complaints.push(complaint(variable, environment[variable], result.issues[0]));
    }
  }
  if (complaints.length > 0) {
    throw new WrongEnvironment(complaints.join('\n'));
  }
  return settings as Pick<Environment, Name>;
}

const LONGEST_VALUE_SHOWN = 200;

/** Addresses and headers of endpoints may hold what a log must not. */
const SECRETIVE: ReadonlySet<string> = new Set([environmentNames.webhooks]);

function complaint(variable: string, value: string | undefined, issue: v.BaseIssue<unknown>): string {
  if (value === undefined) {
    return `The environment variable ${variable} is not set; allowed: ${issue.message}. Deploy the stack again.`;
  }
  const place = v.getDotPath(issue);
  const wrong = place === null ? '' : ` at ${place}`;
  const safe = SECRETIVE.has(variable) ? '…' : value;
  const shown = safe.length > LONGEST_VALUE_SHOWN ? `${safe.slice(0, LONGEST_VALUE_SHOWN)}…` : safe;
  return `The environment variable ${variable} is wrong${wrong}: ${shown}; allowed: ${issue.message}. Deploy the stack again.`;
}
