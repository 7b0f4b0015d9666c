import { parseArgs } from 'node:util';
import type { DeploymentConfig } from '../../lib/deployment-config.ts';
import type { Assumptions } from './usage.ts';
import type { Workload } from './workload.ts';

export interface CostOptions {
  readonly workload: Workload;
  readonly assumptions: Assumptions;
  readonly lambdaSlowdown: number;
  readonly freeTier: boolean;
  readonly json: boolean;
  /** In the form of `StoreFigures`. */
  readonly figures: string;
  /** Files to be written instead of a report. */
  readonly plot?: string;
  readonly document?: string;
}

const RECORDED = 'bench/recorded/store.json';

interface NumberOption {
  /** Left out where it follows from other options; the help says how. */
  readonly default?: number;
  readonly least: number;
  readonly most: number;
  readonly help: string;
}

const numbers = {
  connections: { default: 200, least: 1, most: 1e7, help: 'open at once, on average' },
  'connections-peak': {
    least: 1,
    most: 1e8,
    help: 'open at once, at most (default: twice the average)',
  },
  'hours-a-day': { default: 24, least: 0.1, most: 24, help: 'hours of a day in which there are any' },
  'session-minutes': {
    default: 60,
    least: 0.1,
    most: 120,
    help: 'how long a connection lasts; API Gateway ends it after 120',
  },
  'subscriptions-per-connection': { default: 1, least: 0, most: 100, help: 'channels that a client is on' },
  'notifications-per-second': { default: 1, least: 0, most: 1e6, help: 'on average, in these hours' },
  'listeners-per-notification': {
    default: 5,
    least: 0,
    most: 1e7,
    help: 'connections that each of them goes to',
  },
  'frame-bytes': { default: 700, least: 1, most: 131_072, help: 'of a delivered frame' },
  'client-events-per-minute': { default: 0, least: 0, most: 600, help: 'whispers of each connection' },
  'listeners-per-client-event': {
    default: 1,
    least: 0,
    most: 1e6,
    help: 'connections that each of them goes to',
  },
  'http-requests-per-second': {
    default: 0,
    least: 0,
    most: 1e6,
    help: 'of the HTTP API: broadcast(), and subscriptions that it signs',
  },
  'ping-seconds': {
    least: 10,
    most: 540,
    help: 'silence after which a client pings (default: activityTimeoutInSeconds)',
  },
  'retention-days': {
    least: 0,
    most: 3_650,
    help: 'how long a notification is kept (default: notificationRetentionInDays)',
  },
  'log-bytes': { default: 800, least: 0, most: 1e6, help: 'that an invocation logs' },
  'access-log-bytes': { default: 500, least: 0, most: 1e6, help: 'of a line of the access logs' },
  'lambda-slowdown': {
    default: 1,
    least: 1,
    most: 100,
    help: 'a duration in Lambda is so many times the recorded one',
  },
} satisfies Readonly<Record<string, NumberOption>>;

type Numbers = typeof numbers;
type NumberName = keyof Numbers;
type Defaulted = {
  [Name in NumberName]: Numbers[Name] extends { default: number } ? Name : never;
}[NumberName];
const names = Object.keys(numbers) as NumberName[];

export const costUsage = `Usage: npm run cost -- [options]

What a deployment costs a month: by line, beside other ways of doing it, and how that grows. Counted from what ${RECORDED}
tells of each operation, what the templates say, and the published prices of us-east-1 (scripts/cost/prices.ts).

${names.map((name) => `  ${`--${name} N`.padEnd(33)} ${numbers[name].help}${shownDefault(name)}`).join('\n')}
  --free-tier                       counts what every account has for nothing without end; never what ends after twelve months
  --region us-east-1                the only one whose prices are known here
  --figures FILE                    what was recorded (default: ${RECORDED})
  --json                            one JSON object a line
  --plot FILE                       writes the picture of what it costs by connections, as SVG
  --document FILE                   fills in the tables of a document, between <!-- cost: NAME --> and <!-- end -->
  --help                            this text
`;

/** Undefined when only the usage is asked for. Throws with a sentence about the option that is wrong. */
export function parseCostOptions(
  args: readonly string[],
  config: Pick<DeploymentConfig, 'activityTimeoutInSeconds' | 'notificationRetentionInDays'>,
): CostOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      'free-tier': { type: 'boolean', default: false },
      region: { type: 'string', default: 'us-east-1' },
      figures: { type: 'string', default: RECORDED },
      json: { type: 'boolean', default: false },
      plot: { type: 'string' },
      document: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.region !== 'us-east-1') {
    throw new Error(
      `--region ${values.region}: only the prices of us-east-1 are known here (scripts/cost/prices.ts).`,
    );
  }
  const given: Readonly<Record<string, unknown>> = values;
  const numberOr = (name: NumberName, otherwise: number): number =>
    given[name] === undefined ? otherwise : parseNumber(name, String(given[name]));
  const number = (name: Defaulted): number => numberOr(name, numbers[name].default);

  const connections = number('connections');
  const workload: Workload = {
    connections,
    connectionsPeak: numberOr('connections-peak', 2 * connections),
    hoursADay: number('hours-a-day'),
    sessionMinutes: number('session-minutes'),
    subscriptionsPerConnection: number('subscriptions-per-connection'),
    notificationsPerSecond: number('notifications-per-second'),
    listenersPerNotification: numberOr(
      'listeners-per-notification',
      Math.min(connections, numbers['listeners-per-notification'].default),
    ),
    frameBytes: number('frame-bytes'),
    clientEventsPerMinute: number('client-events-per-minute'),
    listenersPerClientEvent: number('listeners-per-client-event'),
    httpRequestsPerSecond: number('http-requests-per-second'),
    pingSeconds: numberOr('ping-seconds', config.activityTimeoutInSeconds),
  };
  check(workload);
  return {
    workload,
    assumptions: {
      logBytes: number('log-bytes'),
      accessLogBytes: number('access-log-bytes'),
      retentionDays: numberOr('retention-days', config.notificationRetentionInDays),
    },
    lambdaSlowdown: number('lambda-slowdown'),
    freeTier: values['free-tier'],
    figures: values.figures,
    json: values.json,
    ...(values.plot !== undefined && { plot: values.plot }),
    ...(values.document !== undefined && { document: values.document }),
  };
}

function parseNumber(name: NumberName, text: string): number {
  const { least, most, help } = numbers[name];
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} ${text} is not a number from ${least} to ${most}: ${help}.`);
}

function check({ connections, connectionsPeak, listenersPerNotification }: Workload): void {
  if (connectionsPeak < connections) {
    throw new Error(
      `--connections-peak ${connectionsPeak} is less than the ${connections} of --connections, which are open on average.`,
    );
  }
  if (listenersPerNotification > connections) {
    throw new Error(
      `--listeners-per-notification ${listenersPerNotification} is more than the ${connections} of --connections, and who is not connected hears nothing.`,
    );
  }
}

function shownDefault(name: NumberName): string {
  const option: NumberOption = numbers[name];
  return option.default === undefined ? '' : ` (default: ${option.default})`;
}
