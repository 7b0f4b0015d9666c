import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDeployment } from '../../scripts/verify/deployment.ts';
import { type CheckResult, describeResult } from '../../scripts/verify/report.ts';
import { verifyDeployment } from '../../scripts/verify/verification.ts';
import { demoIssuer } from '../setup/demo-issuer.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial } from '../setup/raw-client.ts';

let execution: TestExecution;
const directory = mkdtempSync(join(tmpdir(), 'pregonero-verify-'));

beforeAll(async () => {
  execution = await startExecution();
  // A check waits for ten seconds: on a busy machine, that is not to go into the first start of the functions.
  const client = await dial(execution.socketUrl);
  await client.socketId();
  client.send({ event: 'pusher:subscribe', data: { channel: 'warm' } });
  await client.received('pusher_internal:subscription_succeeded');
  await execution.notify({ channel: 'warm', event: 'warm' });
  await client.received('warm');
  client.close();
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await execution?.stop();
});

/** The outputs that `npm start` would write for this execution, with something changed in them. */
const outputsWith = (
  changes: Readonly<Record<string, string>>,
): { readonly all: Record<string, string> } => ({
  all: { ...execution.outputs, ...demoIssuer(), ...changes },
});
const verify = (changes: Readonly<Record<string, string>> = {}): Promise<readonly CheckResult[]> =>
  verifyDeployment(readDeployment(outputsWith(changes)));
const outcomes = (results: readonly CheckResult[]) =>
  Object.fromEntries(results.map(({ title, outcome }) => [title, outcome]));
const failures = (results: readonly CheckResult[]): string =>
  results
    .filter(({ outcome }) => outcome === 'failed')
    .map(describeResult)
    .join('\n');

describe('verify', () => {
  it('finds nothing wrong with the local execution', async () => {
    const results = await verify();

    expect(failures(results)).toBe('');
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(11).fill('passed'));
  });

  it('says what a wrong app secret is', async () => {
    const results = await verify({ AppSecret: 'not-the-secret-of-this-app' });

    expect(failures(results)).toContain(
      'The app secret of the outputs is not the one that the running functions have',
    );
    expect(outcomes(results)).toMatchObject({
      'A Pusher client is greeted': 'passed',
      'A private channel can be subscribed': 'failed',
      'A stored notification reaches its tenant': 'skipped',
      'What the HTTP API publishes reaches its tenant': 'failed',
      'A forged signature is refused': 'passed',
    });
  });

  it('says that a table does not exist', async () => {
    const results = await verify({ NotificationsTable: 'somebody-elses-table' });

    expect(failures(results)).toContain('there is no table somebody-elses-table in');
    expect(failures(results)).toContain('The outputs are of another account, Region or deployment');
    expect(outcomes(results)).toMatchObject({
      'A stored notification reaches its tenant': 'failed',
      'What the HTTP API publishes reaches its tenant': 'passed',
    });
  });

  it('says that the row went into a table nobody reads', async () => {
    const results = await verify({ NotificationsTable: execution.outputs.ConnectionsTable as string });

    expect(outcomes(results)['A stored notification reaches its tenant']).toBe('failed');
  });

  it('says that an app key is not the one of the deployment', async () => {
    const results = await verify({ AppKey: 'some-other-key' });

    expect(failures(results)).toContain('The app key of the outputs is not the one that connect checks');
  });

  it('says that nothing listens', async () => {
    const results = await verify({ Url: 'http://localhost:1' });

    expect(failures(results)).toContain('nothing listens at localhost:1');
    expect(failures(results)).toContain('Start it with "npm start"');
  });

  it('says that a name does not resolve', async () => {
    const results = await verify({ Url: 'https://nowhere.invalid' });

    expect(failures(results)).toContain('the name nowhere.invalid does not resolve');
    expect(failures(results)).toContain('DNS: point the domain');
  });

  it('says that the deployment does not trust the issuer', async () => {
    const results = await verify({ JwtIssuer: 'https://somebody.else' });

    expect(failures(results)).toContain('The deployment does not trust the issuer of the outputs');
  });

  it('leaves out what needs a token issuer where the outputs hold none', async () => {
    const { JwtPrivateKey: _, ...outputs } = outputsWith({}).all;
    const results = await verifyDeployment(readDeployment({ all: outputs }));

    expect(outcomes(results)).toMatchObject({
      'A stored notification reaches its tenant': 'passed',
      'A token opens the channels of its tenant only': 'skipped',
      'A connection with a token stays with its tenant': 'skipped',
    });
  });
});

describe('npm run verify', () => {
  const run = (changes: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const file = join(directory, 'cdk-outputs.json');
    writeFileSync(file, JSON.stringify(outputsWith(changes)));
    return new Promise<{ readonly code: number | null; readonly printed: string }>((resolve) => {
      const child = spawn(process.execPath, [
        '--import',
        'tsx',
        'scripts/verify.ts',
        '--outputs',
        file,
        ...args,
      ]);
      let printed = '';
      const collect = (chunk: Buffer): void => {
        printed += chunk.toString();
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      child.on('close', (code) => resolve({ code, printed }));
    });
  };

  it('exits with 0 when all is well, and prints no secret', async () => {
    const { code, printed } = await run({});

    expect(printed).toContain('All 11 checks passed.');
    expect(code).toBe(0);
    for (const secret of [
      execution.outputs.AppSecret,
      execution.outputs.SecretAccessKey,
      'PRIVATE KEY',
      'eyJ',
    ]) {
      expect(printed).not.toContain(secret);
    }
  });

  it('exits with 1 when a check fails, and prints no secret', async () => {
    const { code, printed } = await run({ AppSecret: 'a-secret-of-somebody' });

    expect(printed).toContain('2 of 11 checks failed; 2 not tried.');
    expect(code).toBe(1);
    expect(printed).not.toContain('a-secret-of-somebody');
    expect(printed).not.toContain('auth_signature');
  });

  it('prints nothing but JSON when asked to', async () => {
    const { code, printed } = await run({ Url: 'http://localhost:1' }, '--json');

    expect(JSON.parse(printed)).toMatchObject({ passed: false, results: expect.any(Array) });
    expect(code).toBe(1);
  });
});

describe('the outputs file', () => {
  it('must have what every deployment has', () => {
    const { AppKey: _, ...outputs } = outputsWith({}).all;

    expect(() => readDeployment({ all: outputs })).toThrow(/The outputs have no AppKey/);
  });

  it('may be of AWS: the region is that of the secret', () => {
    const deployment = readDeployment({
      edge: { Url: 'https://d1.cloudfront.net' },
      data: {
        AppSecretArn: 'arn:aws:secretsmanager:sa-east-1:123456789012:secret:app',
        NotificationsTable: 'notifications',
      },
      realtime: { AppId: 'app', AppKey: 'key', ChannelPattern: 'private-shop.{tenant}' },
    });

    expect(deployment).toMatchObject({
      region: 'sa-east-1',
      appKey: 'key',
      channelPattern: 'private-shop.{tenant}',
    });
    expect(deployment.local).toBeUndefined();
  });
});
