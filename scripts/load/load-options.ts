import { parseArgs } from 'node:util';

export interface LoadOptions {
  readonly connections: number;
  /** Each of a tenant of its own; the connections are spread over them evenly. */
  readonly channels: number;
  /** Over all channels together, in turn. */
  readonly notificationsPerSecond: number;
  readonly seconds: number;
  /** New connections a second, at most. */
  readonly connectionsPerSecond: number;
  /** A deployment that runs already; without it one is started for the run. */
  readonly outputs?: string;
  readonly region?: string;
  readonly json: boolean;
}

export const loadUsage = `Usage: npm run load -- [options]

Opens thousands of connections, subscribes each to the channel of its tenant, writes notifications, and counts what arrives.
Exit code 1 when a connection could not be opened or was lost, or a notification did not arrive.

  --connections N               how many (default 5000)
  --channels N                  on how many channels, each of a tenant of its own (default 50)
  --notifications-per-second N  over all channels, in turn (default 5)
  --seconds N                   for how long notifications are written (default 20)
  --connections-per-second N    how fast connections are opened (default 500: API Gateway's quota of an account)
  --outputs FILE                the deployment to dial: what "cdk deploy --all --outputs-file FILE" wrote, or .local/cdk-outputs.json
                                of "npm start"; without it, one is started on this machine, and its memory and CPU are measured
  --region REGION               AWS Region of the stacks (default: that of the secret's ARN)
  --json                        one JSON object a line
  --help                        this text

On AWS the credentials are the default ones. They need secretsmanager:GetSecretValue on the app secret and dynamodb:PutItem on the
Notifications table. Connections, messages and deliveries cost what they cost.
`;

/** Undefined when only the usage is asked for. Throws with a sentence about the option that is wrong. */
export function parseLoadOptions(args: readonly string[]): LoadOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      connections: { type: 'string', default: '5000' },
      channels: { type: 'string', default: '50' },
      'notifications-per-second': { type: 'string', default: '5' },
      seconds: { type: 'string', default: '20' },
      'connections-per-second': { type: 'string', default: '500' },
      outputs: { type: 'string' },
      region: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const { outputs, region, json } = values;
  return {
    connections: wholeNumber('connections', values.connections),
    channels: wholeNumber('channels', values.channels),
    notificationsPerSecond: positive('notifications-per-second', values['notifications-per-second']),
    seconds: positive('seconds', values.seconds),
    connectionsPerSecond: positive('connections-per-second', values['connections-per-second']),
    json,
    ...(outputs === undefined ? {} : { outputs }),
    ...(region === undefined ? {} : { region }),
  };
}

function wholeNumber(option: string, value: string): number {
  if (/^[1-9]\d*$/.test(value)) return Number(value);
  throw new Error(`--${option} is ${JSON.stringify(value)}; it must be a whole number above 0.`);
}

function positive(option: string, value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number > 0 && Number.isFinite(number)) return number;
  throw new Error(`--${option} is ${JSON.stringify(value)}; it must be a number above 0.`);
}
