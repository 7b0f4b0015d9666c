import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { BUNDLING } from '../lib/function-code.ts';
import { functionEnvironment } from '../test/setup/function-environment.ts';
import { type Measurement, percentile } from './measurement.ts';

const BUILT = resolve('.local/bench/cold-start');
const ROUNDS = 11;
const root = fileURLToPath(new URL('..', import.meta.url));
const handlers = join(root, 'lambdas/handlers');
/** A command that has come into a bundle: package, and the name it is exported by. */
const COMMAND = /node_modules\/(@aws-sdk\/client-[\w-]+)\/.*\/commands\/(\w+Command)\.js$/;

/**
 * CPU to import each function's bundle, as Lambda does at a cold start, against importing the SDK clients that it needs, with the commands that it
 * needs, and nothing else, bundled in the same way; both make their clients. Each in a process of its own each time, in rounds of all of them, and the
 * median of each: whatever else the machine does meets all of them.
 */
export async function* coldStart(): AsyncGenerator<Measurement> {
  const bundles = await bundleAll();
  const taken = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const file of bundles.flatMap(({ ours, plain }) => (plain ? [ours, plain] : [ours]))) {
      taken.set(file, [...(taken.get(file) ?? []), await cpuToImport(file)]);
    }
  }
  const median = (file: string): number => percentile(taken.get(file) ?? [], 0.5);
  for (const { name, ours, plain } of bundles) {
    const against = 'its SDK clients alone';
    yield {
      bench: 'cold-start',
      case: `${name}: CPU to import it`,
      value: median(ours),
      unit: 'ms',
      ...(plain && { ratio: median(ours) / median(plain), against }),
    };
    yield {
      bench: 'cold-start',
      case: `${name}: its bundle`,
      value: statSync(ours).size / 1_024,
      unit: 'KB',
      ...(plain && { ratio: statSync(ours).size / statSync(plain).size, against }),
    };
  }
}

interface Bundle {
  readonly name: string;
  readonly ours: string;
  /** Missing when it needs no SDK. */
  readonly plain?: string;
}

async function bundleAll(): Promise<Bundle[]> {
  const names = readdirSync(handlers).filter((file) => file.endsWith('.ts'));
  return await Promise.all(names.map((file) => bundle(basename(file, '.ts'))));
}

async function bundle(name: string): Promise<Bundle> {
  const [ours, plain] = [join(BUILT, `${name}.mjs`), join(BUILT, `${name}.plain.mjs`)];
  const entryPoints = [join(handlers, `${name}.ts`)];
  const { metafile } = await build({ ...BUNDLING, entryPoints, outfile: ours, metafile: true });
  const commands = new Map<string, string[]>();
  for (const [file, { bytesInOutput }] of Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs),
  )) {
    const [, client, command] = COMMAND.exec(file) ?? [];
    if (client && command && bytesInOutput > 0)
      commands.set(client, [...(commands.get(client) ?? []), command]);
  }
  if (commands.size === 0) return { name, ours };
  const contents = [...commands].map(([client, used]) => clientAlone(client, used)).join('\n');
  await build({ ...BUNDLING, stdin: { contents, resolveDir: root }, outfile: plain });
  return { name, ours, plain };
}

/** A module that makes the client, and exports the commands, so that they stay. */
function clientAlone(client: string, commands: readonly string[]): string {
  const name = CLIENTS[client];
  if (name === undefined) throw new Error(`What is the class of ${client}? Say so in cold-start.ts.`);
  return `import { ${name} } from '${client}';
export { ${commands.join(', ')} } from '${client}';
export const ${name}Made = new ${name}({});`;
}

const CLIENTS: Readonly<Record<string, string>> = {
  '@aws-sdk/client-apigatewaymanagementapi': 'ApiGatewayManagementApiClient',
  '@aws-sdk/client-dynamodb': 'DynamoDBClient',
  '@aws-sdk/client-secrets-manager': 'SecretsManagerClient',
  '@aws-sdk/client-sqs': 'SQSClient',
};

const run = promisify(execFile);

/** Milliseconds of all threads. */
async function cpuToImport(file: string): Promise<number> {
  const script = `const before = process.cpuUsage();
await import(${JSON.stringify(pathToFileURL(file).href)});
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1_000);
process.exit(0);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...functionEnvironment, ...RUNTIME },
  });
  return Number(stdout);
}

/** What Lambda sets itself. */
const RUNTIME = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};
