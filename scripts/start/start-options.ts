import { parseArgs } from 'node:util';

export interface StartOptions {
  /** Port of the edge; 0 takes a free one. */
  readonly port: number;
  /** Where the outputs are written, as `cdk deploy --outputs-file` would. */
  readonly outputs: string;
  /** Without the log lines of the functions. */
  readonly quiet: boolean;
  /** Quotas of the account that are not those of AWS. */
  readonly limits: { readonly accountRate?: number; readonly accountBurst?: number };
}

export const startUsage = `Usage: npm start -- [options]

Synthesizes the stacks and executes the templates on this machine; the demo is at http://localhost:8080.

  --port N           port to listen on (default 8080; 0 takes a free one)
  --outputs FILE     where the outputs go (default .local/cdk-outputs.json)
  --quiet            without the log lines of the functions
  --account-rate N   requests, messages and posts a second that API Gateway takes from the account (default 10000)
  --account-burst N  and how many at once (default 5000)
  --help             this text

DYNAMODB_ENDPOINT    a DynamoDB-compatible endpoint with streams, instead of the embedded engine
`;

/** Undefined when only the usage is asked for. Throws with a sentence about the option that is wrong. */
export function parseStartOptions(args: readonly string[]): StartOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8080' },
      outputs: { type: 'string', default: '.local/cdk-outputs.json' },
      quiet: { type: 'boolean', default: false },
      'account-rate': { type: 'string' },
      'account-burst': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port is ${JSON.stringify(values.port)}; it must be a whole number from 0 to 65535.`);
  }
  const limits = {
    ...quota('accountRate', '--account-rate', values['account-rate']),
    ...quota('accountBurst', '--account-burst', values['account-burst']),
  };
  return { port, outputs: values.outputs, quiet: values.quiet, limits };
}

function quota(limit: string, option: string, value: string | undefined): Readonly<Record<string, number>> {
  if (value === undefined) return {};
  if (/^[1-9]\d*$/.test(value)) return { [limit]: Number(value) };
  throw new Error(`${option} is ${JSON.stringify(value)}; it must be a whole number above 0.`);
}
