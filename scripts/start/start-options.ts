import { parseArgs } from 'node:util';

export interface StartOptions {
  /** Port of the edge; 0 takes a free one. */
  readonly port: number;
  /** Where the outputs are written, as `cdk deploy --outputs-file` would. */
  readonly outputs: string;
  /** Without the log lines of the functions. */
  readonly quiet: boolean;
}

export const startUsage = `Usage: npm start -- [options]

Synthesizes the stacks and executes the templates on this machine; the demo is at http://localhost:8080.

  --port N         port to listen on (default 8080; 0 takes a free one)
  --outputs FILE   where the outputs go (default .local/cdk-outputs.json)
  --quiet          without the log lines of the functions
  --help           this text

DYNAMODB_ENDPOINT  a DynamoDB-compatible endpoint with streams, instead of the embedded engine
`;

/** Undefined when only the usage is asked for. Throws with a sentence about the option that is wrong. */
export function parseStartOptions(args: readonly string[]): StartOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8080' },
      outputs: { type: 'string', default: '.local/cdk-outputs.json' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port is ${JSON.stringify(values.port)}; it must be a whole number from 0 to 65535.`);
  }
  return { port, outputs: values.outputs, quiet: values.quiet };
}
