/** `npm start`: synthesizes the app, executes its templates on this machine and serves the demo there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dashboardSite, type Site } from '../examples/dashboard/server/dashboard-site.ts';
import { buildPage } from '../examples/dashboard/server/page-build.ts';
import type { LocalExecution } from '../local/execution-options.ts';
import { startLocalExecution } from '../local/local-execution.ts';
import { failureMessage, isWrongOption } from './failure-message.ts';
import { type Outputs, requireOutput } from './outputs.ts';
import { type DemoLogin, prepareDemoLogin } from './start/demo-issuer.ts';
import { checkPortIsFree } from './start/port-check.ts';
import { parseStartOptions, type StartOptions, startUsage } from './start/start-options.ts';
import { synthesize } from './start/synthesize.ts';
import { welcome } from './start/welcome.ts';

const directory = '.local';
const FORCE_AFTER_IN_MS = 500;

async function start(options: StartOptions, stopping: AbortSignal): Promise<LocalExecution> {
  if (options.port !== 0) await checkPortIsFree(options.port);
  mkdirSync(directory, { recursive: true });
  const login = prepareDemoLogin(directory);
  const assemblyDirectory = join(directory, 'cdk.out');
  const [assets] = await Promise.all([
    buildPage(),
    synthesize(login.settingsFile, assemblyDirectory, stopping),
  ]);

  let site: Site = () => false;
  const { DYNAMODB_ENDPOINT } = process.env;
  const execution = await startLocalExecution({
    assemblyDirectory,
    port: options.port,
    limits: options.limits,
    site: (request, response) => site(request, response),
    ...(options.quiet ? {} : { log: (line: string) => console.log(line) }),
    ...(DYNAMODB_ENDPOINT === undefined ? {} : { dynamoDbEndpoint: DYNAMODB_ENDPOINT }),
  });
  const outputs = withLogin(execution.outputs, login);
  const key = requireOutput(outputs, 'AppKey');
  site = dashboardSite({
    assets,
    key,
    issuer: login.issuer,
    notificationsTable: requireOutput(outputs, 'NotificationsTable'),
    dynamoDb: localTables(outputs),
  });
  mkdirSync(dirname(options.outputs), { recursive: true });
  // It holds the app secret and the key of the demo's issuer.
  writeFileSync(options.outputs, `${JSON.stringify(outputs, null, 2)}\n`, { mode: 0o600 });
  console.log(welcome({ url: execution.url, key, outputsFile: options.outputs }));
  return execution;
}

function withLogin(outputs: Outputs, login: DemoLogin): Outputs {
  return { ...outputs, Local: { ...outputs.Local, ...login.issuer } };
}

function localTables(outputs: Outputs): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    endpoint: requireOutput(outputs, 'DynamoDbEndpoint'),
    region: requireOutput(outputs, 'Region'),
    credentials: {
      accessKeyId: requireOutput(outputs, 'AccessKeyId'),
      secretAccessKey: requireOutput(outputs, 'SecretAccessKey'),
    },
  });
  return DynamoDBDocumentClient.from(client);
}

/** What a person can act on is a sentence; what only a developer can is a stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What Node.js says of an option is a TypeError.
  const isDefect =
    !isWrongOption(error) &&
    (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError);
  return (isDefect && error.stack) || failureMessage(error, 'npm start');
}

/** The exit code, once everything has ended: what was being started is ended when it has. */
async function stopped(running: Promise<LocalExecution> | undefined): Promise<number> {
  const execution = await running?.catch(() => undefined);
  try {
    await execution?.stop();
    return 0;
  } catch (error) {
    console.error(`Pregonero did not stop cleanly. ${explain(error)}`);
    return 1;
  }
}

async function main(): Promise<void> {
  // On Node 20 the SDK warns of its own plans, which nobody who runs the demo can do anything about.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const stopping = new AbortController();
  let running: Promise<LocalExecution> | undefined;
  let askedAt = 0;
  const stop = (): void => {
    // A second signal forces. Ctrl+C comes twice at once, from the terminal and from npm, which passes it on.
    if (stopping.signal.aborted && performance.now() - askedAt > FORCE_AFTER_IN_MS) process.exit(130);
    if (stopping.signal.aborted) return;
    askedAt = performance.now();
    stopping.abort();
    void stopped(running).then((code) => process.exit(code));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  try {
    const options = parseStartOptions(process.argv.slice(2));
    if (options === undefined) {
      console.log(startUsage);
      return;
    }
    running = start(options, stopping.signal);
    const execution = await running;
    void execution.ended.then((failure) => {
      if (!failure || stopping.signal.aborted) return;
      console.error(`Pregonero has stopped. ${failure.message}`);
      process.exit(1);
    });
  } catch (error) {
    if (stopping.signal.aborted) return;
    console.error(`Pregonero could not start. ${explain(error)}`);
    process.exit(1);
  }
}

await main();
