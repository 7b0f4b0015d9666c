import { parseArgs } from 'node:util';

export interface VerifyOptions {
  readonly outputs: string;
  /** Region of the table and the secret; default: that of the secret's ARN. */
  readonly region?: string;
  readonly json: boolean;
}

export const verifyUsage = `Usage: npm run verify -- --outputs FILE [options]

Dials a deployment as its clients do, writes a notification as its API does, and says what is wrong and how to mend it.
Exit code 1 when a check fails. The notifications are of a tenant that does not exist, and expire after an hour.

  --outputs FILE           what "cdk deploy --all --outputs-file FILE" wrote, or .local/cdk-outputs.json of "npm start"
  --region REGION          AWS Region of the stacks (default: that of the secret's ARN)
  --json                   the results as JSON
  --help                   this text

On AWS the credentials are the default ones (AWS_PROFILE, SSO, …). They need secretsmanager:GetSecretValue on the app secret and
dynamodb:PutItem on the Notifications table.
`;

/** Undefined when only the usage is asked for. Throws with a sentence about the option that is wrong. */
export function parseVerifyOptions(args: readonly string[]): VerifyOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      outputs: { type: 'string' },
      region: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.outputs === undefined) {
    throw new Error('--outputs FILE is missing: the file that "cdk deploy --all --outputs-file FILE" wrote.');
  }
  const { outputs, region, json } = values;
  return { outputs, json, ...(region === undefined ? {} : { region }) };
}
