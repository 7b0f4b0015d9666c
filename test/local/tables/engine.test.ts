import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEngine } from '../../../local/runtime/dynamodb/engine.ts';
import { startEngine } from '../../../local/runtime/dynamodb/start-engine.ts';

async function answers(origin: string): Promise<boolean> {
  return await fetch(origin, { method: 'POST' }).then(
    () => true,
    () => false,
  );
}

describe('the embedded engine', () => {
  it('is ready when it has started and gone when it has stopped', async () => {
    const deaths: Error[] = [];
    const engine = await startEngine((death) => deaths.push(death));
    expect(await answers(engine.origin)).toBe(true);
    await engine.stop();
    expect(await answers(engine.origin)).toBe(false);
    expect(deaths).toEqual([]);
  });

  it.each([
    ['exit 3', 'The DynamoDB engine ended with code 3, and all rows with it. Start again.'],
    ['kill -9 $$', 'The DynamoDB engine was ended by SIGKILL, and all rows with it. Start again.'],
  ])('that ends by itself (%s) is told', async (end, sentence) => {
    const directory = await mkdtemp(join(tmpdir(), 'engine-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const installed = join(directory, 'engine');
    await writeFile(installed, `#!/bin/sh\necho "listening on 127.0.0.1:1" >&2\n${end}\n`, { mode: 0o755 });

    const death = await new Promise<Error>((resolve, reject) => {
      startEngine(resolve, installed).catch(reject);
    });

    expect(death.message).toBe(sentence);
  });

  it('ends with whoever started it, even one that is killed', async () => {
    const parent = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('../setup/engine-of-a-parent.ts', import.meta.url))],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [said] = await once(parent.stdout.setEncoding('utf8'), 'data');
    const origin = String(said).trim();
    expect(await answers(origin)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => answers(origin)).toBe(false);
  });

  it('that is not installed is asked for, with the other way to have one', async () => {
    await expect(startEngine(() => undefined, '@dynoxide/not-installed/dynoxide')).rejects.toThrow(
      /^There is no DynamoDB engine for \S+: install the optional dependency @dynoxide\/linux-x64 .* DYNAMODB_ENDPOINT\.$/,
    );
  });
});

describe('an engine of one’s own', () => {
  it('is used where its endpoint is given, by every caller under the same key', async () => {
    const seen: { headers: IncomingHttpHeaders; path: string | undefined }[] = [];
    const server = createServer((request, response) => {
      seen.push({ headers: request.headers, path: request.url });
      response.end('{"TableNames":["theirs"]}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stops: (() => Promise<void> | void)[] = [];
    const engine = createEngine(
      { onStop: (stop) => void stops.push(stop), fail: () => undefined },
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    await expect(engine.ask('DynamoDB_20120810.ListTables', {})).resolves.toEqual({ TableNames: ['theirs'] });
    expect(seen).toMatchObject([
      {
        path: '/',
        headers: {
          'x-amz-target': 'DynamoDB_20120810.ListTables',
          authorization: expect.stringContaining('Credential=local/'),
        },
      },
    ]);
    for (const stop of stops) await stop();
    server.close();
  });

  it('that fails is quoted with its code', async () => {
    const server = createServer((_, response) => {
      response.writeHead(400).end('{"__type":"com.amazonaws#LimitExceededException","message":"too many"}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const engine = createEngine(
      { onStop: () => undefined, fail: () => undefined },
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    await expect(engine.ask('DynamoDB_20120810.ListTables', {})).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'too many',
    });
    server.closeAllConnections();
  });
});
