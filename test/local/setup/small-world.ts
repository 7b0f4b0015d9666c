import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiRegistry } from '../../../local/runtime/api-gateway/registry.ts';
import { createEdgeFunctions } from '../../../local/runtime/edge/compile-edge-function.ts';
import type { Faults } from '../../../local/runtime/faults.ts';
import { createFunctions } from '../../../local/runtime/lambda/functions.ts';
import { awsLimits, type LocalLimits } from '../../../local/runtime/local-limits.ts';
import type { ResolvedFunction } from '../../../local/runtime/resolved-function.ts';
import type { World } from '../../../local/runtime/world.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** A world with functions and APIs and nothing behind them: whoever knocks is the caller that a test says. */
export interface SmallWorld {
  readonly world: World;
  /** `[source, line]` of everything that was logged. */
  readonly logs: [string, string][];
  /** Host names of AWS and where they answer. */
  readonly addresses: Map<string, string>;
  /** What the next requests at the door meet: all are admitted by default, as signed for this service. */
  readonly door: { admits: boolean; service: string };
  /** What the caller may do; everything by default. */
  readonly iam: { allows: (action: string, resource: string) => boolean };
  /** Registers a function of these sources and returns its ARN. */
  addFunction(
    name: string,
    files: Record<string, string> | string,
    changes?: FunctionChanges,
  ): Promise<string>;
  stop(): Promise<void>;
}

export type FunctionChanges = Partial<Omit<ResolvedFunction, 'name' | 'arn' | 'codeDirectory'>> & {
  /** Where the directory of the code is made; default: the temporary directory of the machine. */
  readonly beside?: string;
};

export function smallWorld(limits: Partial<LocalLimits> = {}, faults: Partial<Faults> = {}): SmallWorld {
  const stops: (() => Promise<void> | void)[] = [];
  const logs: [string, string][] = [];
  const addresses = new Map<string, string>();
  const door = { admits: true, service: 'execute-api' };
  const iam: SmallWorld['iam'] = { allows: () => true };
  const caller = { name: 'tester', roleArn: 'operator' as const };
  const world = {
    partition: 'aws',
    region: 'us-east-1',
    accountId: '111111111111',
    urlSuffix: 'amazonaws.com',
    limits: { ...awsLimits, ...limits },
    logs: { write: (source: string, line: string) => void logs.push([source, line]) },
    addresses: {
      register: (host: string, origin: string) => void addresses.set(host, origin),
      localize(value: string) {
        const url = URL.canParse(value) ? new URL(value) : undefined;
        const origin = url && addresses.get(url.host);
        return url && origin ? value.replace(/^\w+:\/\/[^/]+/, origin) : value;
      },
    },
    faults: { invocationFault: () => undefined, losesDisconnect: () => false, ...faults },
    iam: {
      issueKey: () => ({ accessKeyId: 'AKIALOCAL', secretAccessKey: 'secret', sessionToken: 'token' }),
      authorize: (_: unknown, action: string, resource: string) =>
        iam.allows(action, resource) ? { allowed: true } : { allowed: false, reason: `not ${action}` },
    },
    door: {
      origin: 'http://127.0.0.1:1',
      freeze: () => undefined,
      thaw: () => undefined,
      admit: async (request: IncomingMessage, body: Buffer, response: ServerResponse) => {
        if (door.admits) return { caller, service: door.service, request, body, response };
        response.writeHead(403).end();
        return undefined;
      },
    },
    edgeFunctions: createEdgeFunctions(),
    edge: { port: 0, site: undefined, origin: undefined },
    onStop: (stop: () => Promise<void> | void) => void stops.push(stop),
    onStart: (start: () => Promise<void> | void) => void start(),
  } as unknown as Mutable<World>;
  world.functions = createFunctions(world);
  world.apis = createApiRegistry(world);
  const directories: string[] = [];

  return {
    world,
    logs,
    addresses,
    door,
    iam,
    async addFunction(name, files, { beside = tmpdir(), ...changes } = {}) {
      const codeDirectory = await mkdtemp(join(beside, 'asset.'));
      directories.push(codeDirectory);
      const sources = typeof files === 'string' ? { 'index.mjs': files } : files;
      for (const [file, source] of Object.entries(sources))
        await writeFile(join(codeDirectory, file), source);
      const arn = `arn:aws:lambda:us-east-1:111111111111:function:${name}`;
      world.functions.register({
        name,
        arn,
        codeDirectory,
        handler: 'index.handler',
        environment: {},
        timeoutInSeconds: 10,
        memoryInMegabytes: 128,
        roleArn: `arn:aws:iam::111111111111:role/${name}`,
        runtime: 'nodejs24.x',
        logging: { format: 'Text', level: 'TRACE', group: `/aws/lambda/${name}` },
        permissions: [{ principal: 'apigateway.amazonaws.com', action: 'lambda:InvokeFunction' }],
        ...changes,
      });
      return arn;
    },
    async stop() {
      for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
      await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
    },
  };
}
