import { readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { type BuildResult, build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUNDLING, CREDENTIALS_LAMBDA_NEVER_NEEDS } from '../../lib/function-code.ts';

const handlers = readdirSync('lambdas/handlers').filter((name) => name.endsWith('.ts'));

interface Bundle {
  readonly bytes: number;
  /** Paths of all files of which something has come into the bundle. */
  readonly files: readonly string[];
  /** What is still imported when the bundle is loaded. */
  readonly externals: readonly string[];
}

/** As the functions are bundled for deployment. */
async function bundlesOf(entryPoints: readonly string[]): Promise<Map<string, Bundle>> {
  const { metafile }: BuildResult<{ metafile: true }> = await build({
    entryPoints: [...entryPoints],
    outdir: 'never-written',
    write: false,
    metafile: true,
    ...BUNDLING,
  });
  return new Map(
    Object.values(metafile.outputs).map((output) => [
      output.entryPoint ?? '',
      {
        bytes: output.bytes,
        files: Object.entries(output.inputs)
          .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
          .map(([file]) => file),
        externals: output.imports.filter(({ external }) => external).map(({ path }) => path),
      },
    ]),
  );
}

let functions: Map<string, Bundle>;
let protocol: Map<string, Bundle>;
beforeAll(async () => {
  const protocolFiles = readdirSync('lambdas/protocol').map((name) => `lambdas/protocol/${name}`);
  [functions, protocol] = await Promise.all([
    bundlesOf(handlers.map((name) => `lambdas/handlers/${name}`)),
    bundlesOf(protocolFiles),
  ]);
});

function bundleOf(name: string): Bundle {
  const bundle = functions.get(`lambdas/handlers/${name}.ts`);
  if (bundle === undefined) {
    throw new Error(`there is no function ${name}`);
  }
  return bundle;
}

const KILOBYTE = 1_024;

describe('the bundle of a function', () => {
  it.each(handlers)('%s has at most 400 KB: every one of them is read at a cold start', (name) => {
    const { bytes } = bundleOf(name.replace('.ts', ''));
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(400 * KILOBYTE);
  });

  it('authorize has at most 60 KB, since every handshake waits for it, and no AWS SDK', () => {
    const { bytes, files } = bundleOf('authorize');
    expect(bytes).toBeLessThanOrEqual(60 * KILOBYTE);
    expect(files.filter((file) => file.includes('@aws-sdk') || file.includes('@smithy'))).toEqual([]);
  });

  it.each([
    [
      'connect',
      /fan-out|broadcast|deliver|adapters\/sqs|adapters\/api-gateway|client-sqs|managementapi|jose/,
    ],
    [
      'disconnect',
      /fan-out|broadcast|deliver|adapters\/sqs|adapters\/api-gateway|client-sqs|managementapi|jose/,
    ],
    ['message', /fan-out|broadcast|deliver|client-sqs|jose/],
    ['rest', /fan-out|broadcast|greet|client-sqs|jose/],
    ['channel-auth', /fan-out|greet|client-dynamodb|client-sqs|managementapi/],
    ['lifecycle', /fan-out|broadcast|secrets-manager|jose/],
    ['broadcast', /greet|follow-connections|secrets-manager|managementapi|jose/],
    ['redeliver', /greet|fan-out|secrets-manager|jose/],
    ['webhook', /greet|fan-out|broadcast|occupancy|client-dynamodb|managementapi|jose/],
    ['expire', /greet|fan-out|broadcast|secrets-manager|jose/],
  ])('%s carries nothing of what others do', (name, foreign) => {
    expect(bundleOf(name).files.filter((file) => foreign.test(file))).toEqual([]);
  });

  it('can tell: the broadcaster carries the fan-out, and the SDK of what it uses', () => {
    const { files } = bundleOf('broadcast');
    expect(files).toContain('lambdas/use-cases/fan-out.ts');
    expect(files).toContain('lambdas/adapters/api-gateway/signed-post.ts');
    expect(files.some((file) => file.includes('@aws-sdk/client-sqs'))).toBe(true);
  });

  it('needs nothing beside it but Node, and what Lambda makes needless', () => {
    const externals = [...functions.values()].flatMap((bundle) => bundle.externals);
    const absent = new Set(externals.filter((path) => !isBuiltin(path)));
    expect([...absent].sort()).toEqual([...CREDENTIALS_LAMBDA_NEVER_NEEDS].sort());
  });
});

describe('the protocol', () => {
  it('is pure: it carries no file but its own and asks Node for nothing but hashes', () => {
    expect(protocol.size).toBeGreaterThan(10);
    for (const { files, externals } of protocol.values()) {
      expect(files.filter((file) => !file.startsWith('lambdas/protocol/'))).toEqual([]);
      expect(externals.filter((path) => path !== 'node:crypto')).toEqual([]);
    }
  });
});
