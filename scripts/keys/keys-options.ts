import { parseArgs } from 'node:util';

const actions = ['show', 'rotate', 'retire'] as const;

export interface KeysOptions {
  readonly action: (typeof actions)[number];
  readonly outputs: string;
  /** Region of the secret; default: that of its ARN. */
  readonly region?: string;
  readonly force: boolean;
  readonly json: boolean;
}

export const keysUsage = `Usage: npm run keys -- --outputs FILE --show | --rotate | --retire [options]

What an API needs to publish to a deployment and to sign for it, and how its secret is replaced without an interruption.

  --show                   the app's id, key, secret and encryption master key, and the lines for the .env of a Laravel API
  --rotate                 makes a new secret, prints it as --show does; the one before it stays valid until --retire
  --retire                 ends the validity of the secret before
  --outputs FILE           what "cdk deploy --all --outputs-file FILE" wrote, or .local/cdk-outputs.json of "npm start"
  --region REGION          AWS Region of the secret (default: that of its ARN)
  --force                  rotates although a secret before is still valid, which ends its validity; retires although functions may
                           still sign with it
  --json                   one JSON object
  --help                   this text

On AWS the credentials are the default ones (AWS_PROFILE, SSO, …). They need secretsmanager:GetSecretValue on the app secret, and
secretsmanager:PutSecretValue to rotate and to retire.
`;

/** Undefined when only the usage is asked for. Throws with a sentence about the option that is wrong. */
export function parseKeysOptions(args: readonly string[]): KeysOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      show: { type: 'boolean', default: false },
      rotate: { type: 'boolean', default: false },
      retire: { type: 'boolean', default: false },
      outputs: { type: 'string' },
      region: { type: 'string' },
      force: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const [action, ...others] = actions.filter((candidate) => values[candidate]);
  if (action === undefined || others.length > 0) {
    throw new Error('Say what to do, and only one thing: --show, --rotate or --retire.');
  }
  if (values.outputs === undefined) {
    throw new Error('--outputs FILE is missing: the file that "cdk deploy --all --outputs-file FILE" wrote.');
  }
  if (values.force && action === 'show') throw new Error('--force goes with --rotate or --retire.');
  const { outputs, region, force, json } = values;
  return { action, outputs, force, json, ...(region === undefined ? {} : { region }) };
}
