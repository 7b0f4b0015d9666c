import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Faults } from '../../../local/runtime/faults.ts';
import type { LocalLimits } from '../../../local/runtime/local-limits.ts';
import { fileGate, passed } from '../setup/file-gate.ts';
import { type SmallWorld, smallWorld } from '../setup/small-world.ts';

let small: SmallWorld;
const start = (limits: Partial<LocalLimits> = {}, faults: Partial<Faults> = {}): SmallWorld => {
  small = smallWorld(limits, faults);
  return small;
};
afterEach(() => small?.stop());

const counting = 'let calls = 0; export const handler = async () => ++calls;';

describe('an invocation', () => {
  it('hands the event over as JSON and its result back as JSON', async () => {
    const arn = await start().addFunction(
      'echo',
      'export const handler = async (event) => ({ got: event });',
    );

    const result = await small.world.functions.invoke(arn, { at: new Date(0), nothing: undefined });

    expect(result).toEqual({ outcome: 'returned', payload: { got: { at: '1970-01-01T00:00:00.000Z' } } });
  });

  it('returns null for undefined', async () => {
    const arn = await start().addFunction('silent', 'export const handler = async () => {};');

    expect(await small.world.functions.invoke(arn, {})).toEqual({ outcome: 'returned', payload: null });
  });

  it('tells the function who and what it is', async () => {
    const arn = await start().addFunction(
      'context',
      `export const handler = async (event, context) =>
         ({ ...context, left: context.getRemainingTimeInMillis() });`,
      { timeoutInSeconds: 300 },
    );

    const result = await small.world.functions.invoke(arn, {});

    expect(result).toEqual({
      outcome: 'returned',
      payload: {
        functionName: 'context',
        functionVersion: '$LATEST',
        memoryLimitInMB: '128',
        logGroupName: '/aws/lambda/context',
        logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
        invokedFunctionArn: arn,
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        left: expect.any(Number),
      },
    });
    const { left } = (result as { payload: { left: number } }).payload;
    expect(left).toBeGreaterThan(200_000);
    expect(left).toBeLessThanOrEqual(300_000);
  });

  it('gives it its own environment and nothing of the laptop', async () => {
    const { world, addresses, addFunction } = start();
    const arn = await addFunction('environment', 'export const handler = async () => process.env;', {
      environment: {
        COLOUR: 'blue',
        AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: 'https://abc.execute-api.us-east-1.amazonaws.com/dev',
        OTHER: 'https://abc.execute-api.us-east-1.amazonaws.com/dev',
      },
    });
    addresses.set('abc.execute-api.us-east-1.amazonaws.com', 'http://127.0.0.1:4321');
    process.env.LAPTOP_ONLY = 'yes';

    const { payload } = (await world.functions.invoke(arn, {})) as { payload: Record<string, string> };

    expect(payload).toMatchObject({
      COLOUR: 'blue',
      OTHER: 'https://abc.execute-api.us-east-1.amazonaws.com/dev',
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: 'http://127.0.0.1:4321/dev',
      AWS_ENDPOINT_URL: world.door.origin,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIALOCAL',
      AWS_SESSION_TOKEN: 'token',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      _HANDLER: 'index.handler',
    });
    expect(payload).not.toHaveProperty('LAPTOP_ONLY');
  });

  it('names the functions there are when it is of another', async () => {
    await start().addFunction('known', counting);

    await expect(small.world.functions.invoke('arn:unknown', {})).rejects.toThrow(
      /no function arn:unknown.*function:known/,
    );
  });
});

describe('an execution environment', () => {
  it('is used again', async () => {
    const arn = await start().addFunction('counting', counting);

    await small.world.functions.invoke(arn, {});

    expect(await small.world.functions.invoke(arn, {})).toMatchObject({ payload: 2 });
  });

  it('works on one event at a time, so that a second event gets an environment of its own', async () => {
    const arn = await start().addFunction(
      'gate',
      'let calls = 0; export const handler = async (ms) => { calls += 1; await new Promise((r) => setTimeout(r, ms)); return calls; };',
    );

    const results = await Promise.all([
      small.world.functions.invoke(arn, 50),
      small.world.functions.invoke(arn, 50),
    ]);

    expect(results.map((result) => (result as { payload: unknown }).payload)).toEqual([1, 1]);
  });

  it('is the one used last when several are idle', async () => {
    const arn = await start().addFunction(
      'identity',
      `${passed} const id = Math.random(); export const handler = async (gate) => { if (gate) await passed(gate); return id; };`,
    );
    const gate = await fileGate();
    const slow = small.world.functions.invoke(arn, gate.path);
    await small.world.functions.invoke(arn, null);
    await gate.open();
    const last = await slow;

    expect(await small.world.functions.invoke(arn, null)).toEqual(last);
    expect(await small.world.functions.invoke(arn, null)).toEqual(last);
  });

  it('makes further events wait when the laptop has as many as it may have', async () => {
    const arn = await start({ environmentsPerFunction: 2 }).addFunction('counting', counting);

    const results = await Promise.all(Array.from({ length: 6 }, () => small.world.functions.invoke(arn, {})));

    const highest = Math.max(...results.map((result) => (result as { payload: number }).payload));
    expect(results.map((result) => result.outcome)).toEqual(Array(6).fill('returned'));
    expect(highest).toBeGreaterThanOrEqual(3);
  });

  it('is not started for an event that another environment can take meanwhile', async () => {
    const small = start({ environmentsStartedAtOnce: 1 });
    // Its module loads for as long as the gate is shut: nothing else can be started.
    const gate = await fileGate();
    const slow = await small.addFunction(
      'slow',
      `${passed} await passed(${JSON.stringify(gate.path)}); export const handler = async () => 'slow';`,
    );
    const quick = await small.addFunction('quick', counting);
    await small.world.functions.invoke(quick, {});
    const starting = small.world.functions.invoke(slow, {});

    const results = await Promise.all(
      Array.from({ length: 4 }, () => small.world.functions.invoke(quick, {})),
    );

    expect(results.map((result) => (result as { payload: number }).payload)).toEqual([2, 3, 4, 5]);
    await gate.open();
    expect(await starting).toEqual({ outcome: 'returned', payload: 'slow' });
  });
});

describe('between two events', () => {
  it('an environment is frozen, and known by a key of its own', async () => {
    const { world, addFunction } = start();
    const states: string[] = [];
    let keys = 0;
    Object.assign(world.iam, {
      issueKey: () => {
        keys += 1;
        return { accessKeyId: `key-${keys}`, secretAccessKey: 'secret' };
      },
    });
    Object.assign(world.door, {
      freeze: (key: string) => void states.push(`freeze ${key}`),
      thaw: (key: string) => void states.push(`thaw ${key}`),
    });
    const arn = await addFunction(
      'own',
      'export const handler = async (ms) => { await new Promise((r) => setTimeout(r, ms)); return process.env.AWS_ACCESS_KEY_ID; };',
    );
    const invoke = async (ms: number): Promise<unknown> =>
      ((await world.functions.invoke(arn, ms)) as { payload: unknown }).payload;

    const key = await invoke(0);
    expect(states).toEqual([`thaw ${key}`, `freeze ${key}`]);
    const [one, other] = await Promise.all([invoke(100), invoke(100)]);
    expect(one).toBe(key);
    expect(other).not.toBe(key);
    // The new environment takes its time to start: the other event may be over by then.
    const statesOf = (of: unknown): string[] => states.filter((state) => state.endsWith(` ${of}`));
    expect(statesOf(key)).toEqual([`thaw ${key}`, `freeze ${key}`, `thaw ${key}`, `freeze ${key}`]);
    expect(statesOf(other)).toEqual([`thaw ${other}`, `freeze ${other}`]);
    expect(states).toHaveLength(6);
  });
});

describe('concurrency', () => {
  const waiting = 'export const handler = () => new Promise((r) => setTimeout(r, 100));';

  it('that is reserved is not exceeded: the next event is throttled', async () => {
    const arn = await start().addFunction('reserved', waiting, { reservedConcurrency: 1 });

    const [first, second] = await Promise.all([
      small.world.functions.invoke(arn, {}),
      small.world.functions.invoke(arn, {}),
    ]);

    expect(first.outcome).toBe('returned');
    expect(second).toEqual({
      outcome: 'throttled',
      errorType: 'TooManyRequestsException',
      errorMessage: 'Rate Exceeded.',
    });
    expect((await small.world.functions.invoke(arn, {})).outcome).toBe('returned');
  });

  it('of zero closes a function', async () => {
    const arn = await start().addFunction('closed', counting, { reservedConcurrency: 0 });

    expect((await small.world.functions.invoke(arn, {})).outcome).toBe('throttled');
  });

  it('of the account is shared by all functions that reserve none', async () => {
    const { world, addFunction } = start({ concurrentExecutions: 2 });
    const reserved = await addFunction('reserved', waiting, { reservedConcurrency: 1 });
    const one = await addFunction('one', waiting);
    const other = await addFunction('other', waiting);

    const results = await Promise.all([reserved, one, other].map((arn) => world.functions.invoke(arn, {})));

    expect(results.map((result) => result.outcome)).toEqual(['returned', 'returned', 'throttled']);
  });
});

describe('a failure', () => {
  it('of the handler is shaped as the runtime shapes it, and leaves the environment', async () => {
    const arn = await start().addFunction(
      'throwing',
      'let calls = 0; export const handler = async () => { calls += 1; if (calls < 3) throw new TypeError("no " + calls); return calls; };',
    );

    expect(await small.world.functions.invoke(arn, {})).toEqual({
      outcome: 'error',
      errorType: 'TypeError',
      errorMessage: 'no 1',
      trace: expect.arrayContaining(['TypeError: no 1']),
    });
    await small.world.functions.invoke(arn, {});
    expect(await small.world.functions.invoke(arn, {})).toEqual({ outcome: 'returned', payload: 3 });
  });

  it('may be anything that is thrown', async () => {
    const arn = await start().addFunction('odd', 'export const handler = async () => { throw "a word"; };');

    expect(await small.world.functions.invoke(arn, {})).toMatchObject({
      outcome: 'error',
      errorType: 'string',
      errorMessage: 'a word',
      trace: [],
    });
  });

  it('by time ends the environment', async () => {
    const arn = await start().addFunction(
      'endless',
      'let calls = 0; export const handler = async (loop) => { calls += 1; while (loop); return calls; };',
      // Long enough for the second event, which has to come to its end, on a machine that is busy.
      { timeoutInSeconds: 2.5 },
    );

    expect(await small.world.functions.invoke(arn, true)).toEqual({
      outcome: 'timeout',
      errorType: 'Sandbox.Timedout',
      errorMessage: 'Task timed out after 2.50 seconds',
    });
    expect(await small.world.functions.invoke(arn, false)).toMatchObject({ payload: 1 });
    expect(small.logs).toContainEqual([
      'endless',
      expect.stringContaining('Task timed out after 2.50 seconds'),
    ]);
  });

  it('of the process ends the environment', async () => {
    const arn = await start().addFunction(
      'exiting',
      'let calls = 0; export const handler = async (exit) => { calls += 1; if (exit) process.exit(3); return calls; };',
    );
    await small.world.functions.invoke(arn, false);

    expect(await small.world.functions.invoke(arn, true)).toMatchObject({
      outcome: 'crash',
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('exit status 3'),
    });
    expect(await small.world.functions.invoke(arn, false)).toMatchObject({ payload: 1 });
  });

  it('by a rejection that nobody handles is a crash, under its name', async () => {
    const arn = await start().addFunction(
      'careless',
      'export const handler = async () => { Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 1000)); };',
    );

    expect(await small.world.functions.invoke(arn, {})).toMatchObject({
      outcome: 'crash',
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: lost',
    });
  });

  it('by an exception that nobody catches is a crash', async () => {
    const arn = await start().addFunction(
      'careless',
      'export const handler = () => new Promise(() => setTimeout(() => { throw new RangeError("later"); }));',
    );

    expect(await small.world.functions.invoke(arn, {})).toMatchObject({
      outcome: 'crash',
      errorType: 'RangeError',
      errorMessage: 'later',
    });
  });

  it('by memory is a crash', async () => {
    const arn = await start().addFunction(
      'greedy',
      'export const handler = async () => { const all = []; for (;;) all.push(new Array(100_000).fill({})); };',
    );

    expect(await small.world.functions.invoke(arn, {})).toMatchObject({
      outcome: 'crash',
      errorType: 'Runtime.OutOfMemory',
    });
  });

  it('by a result longer than 6 MB is named', async () => {
    const arn = await start().addFunction(
      'long',
      'export const handler = async (length) => "x".repeat(length);',
    );

    expect((await small.world.functions.invoke(arn, 6_291_554)).outcome).toBe('returned');
    expect(await small.world.functions.invoke(arn, 6_291_555)).toMatchObject({
      outcome: 'error',
      errorType: 'Function.ResponseSizeTooLarge',
    });
  });

  it('by an event longer than 6 MB never reaches the function', async () => {
    const arn = await start().addFunction('counting', counting);

    expect(await small.world.functions.invoke(arn, 'x'.repeat(6_291_455))).toMatchObject({
      outcome: 'error',
      errorType: 'RequestTooLargeException',
    });
    expect(await small.world.functions.invoke(arn, {})).toMatchObject({ payload: 1 });
  });

  it.each(['before', 'after'] as const)('asked for %s the handler has run is a crash', async (when) => {
    let crashing = true;
    const arn = await start(
      {},
      {
        invocationFault: () => (crashing ? { kind: 'crash', when } : undefined),
      },
    ).addFunction('doomed', 'export const handler = async () => { console.log("ran"); };');

    expect((await small.world.functions.invoke(arn, {})).outcome).toBe('crash');
    crashing = false;
    expect(small.logs.filter(([, line]) => line.includes('ran'))).toHaveLength(when === 'after' ? 1 : 0);
    expect((await small.world.functions.invoke(arn, {})).outcome).toBe('returned');
  });
});

describe('loading', () => {
  it.each([
    ['ESM', { 'index.mjs': 'export const handler = async () => import.meta.url.slice(-9);' }, 'index.mjs'],
    ['CommonJS by default', { 'index.js': 'exports.handler = async () => typeof require;' }, 'function'],
    [
      'ESM where the package says so',
      { 'index.js': 'export const handler = async () => 1;', 'package.json': '{"type":"module"}' },
      1,
    ],
    ['.cjs', { 'index.cjs': 'exports.handler = async () => 2;' }, 2],
  ])('takes %s', async (_, files, payload) => {
    const arn = await start().addFunction('loaded', files);

    expect(await small.world.functions.invoke(arn, {})).toEqual({ outcome: 'returned', payload });
  });

  it('takes a handler from a nested export', async () => {
    const arn = await start().addFunction('nested', 'export const a = { b: { run: async () => "deep" } };', {
      handler: 'index.a.b.run',
    });

    expect(await small.world.functions.invoke(arn, {})).toMatchObject({ payload: 'deep' });
  });

  it.each([
    [
      'Runtime.ImportModuleError',
      'index.handler',
      'import "ws"; export const handler = async () => 1;',
      'ws',
    ],
    ['Runtime.ImportModuleError', 'missing.handler', 'export const handler = async () => 1;', "'missing'"],
    ['Runtime.HandlerNotFound', 'index.other', 'export const handler = async () => 1;', 'index.other'],
    ['Runtime.HandlerNotFound', 'index.handler', 'export const handler = 1;', 'not a function'],
    ['Runtime.UserCodeSyntaxError', 'index.handler', 'export const handler = (', 'SyntaxError'],
    ['Runtime.MalformedHandlerName', '../index.handler', 'export const handler = async () => 1;', '../index'],
    [
      'Runtime.CallbackHandlerDeprecated',
      'index.handler',
      'export const handler = async (event, context, callback) => 1;',
      'callback-based',
    ],
    ['RangeError', 'index.handler', 'throw new RangeError("at init");', 'at init'],
  ])('fails with %s for %s of %s', async (errorType, handler, source, words) => {
    const arn = await start().addFunction('broken', source, { handler });

    expect(await small.world.functions.invoke(arn, {})).toMatchObject({
      outcome: 'error',
      errorType,
      errorMessage: expect.stringContaining(words),
    });
  });

  it('finds nothing that is not in the bundle, not even beside the packages of the project', async () => {
    const arn = await start().addFunction('leaning', 'import "ws"; export const handler = async () => 1;', {
      beside: join(process.cwd(), 'node_modules'),
    });

    expect(await small.world.functions.invoke(arn, {})).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringContaining("Cannot find package 'ws'"),
    });
  });

  it('that takes longer than its time is tried again within the time of the invocation', async () => {
    const arn = await start({ initTimeout: 150 }).addFunction(
      'slow',
      'await new Promise((r) => setTimeout(r, 300)); export const handler = async () => "at last";',
    );

    expect(await small.world.functions.invoke(arn, {})).toEqual({ outcome: 'returned', payload: 'at last' });
  });

  it('that never ends is a time-out', async () => {
    const arn = await start({ initTimeout: 100 }).addFunction(
      'stuck',
      'await new Promise((r) => setTimeout(r, 60_000)); export const handler = async () => 1;',
      { timeoutInSeconds: 0.2 },
    );

    expect(await small.world.functions.invoke(arn, {})).toMatchObject({ outcome: 'timeout' });
  });
});

describe('what a function writes', () => {
  it('is a JSON line with the message as it was given when the template asks for JSON', async () => {
    const arn = await start().addFunction(
      'json',
      `export const handler = async (event, context) => {
         console.info({ event: 'opened', count: 2 });
         console.debug('hidden');
         console.error(new RangeError('too far'));
         console.warn('%s and %d', 'one', 2);
         return context.awsRequestId;
       };`,
      { logging: { format: 'JSON', level: 'INFO', group: '/g' } },
    );

    const { payload: requestId } = (await small.world.functions.invoke(arn, {})) as { payload: string };

    const lines = small.logs.map(([source, line]) => ({ source, ...JSON.parse(line) }));
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(lines).toEqual([
      { source: 'json', timestamp, level: 'INFO', requestId, message: { event: 'opened', count: 2 } },
      {
        source: 'json',
        timestamp,
        level: 'ERROR',
        requestId,
        message: {
          errorType: 'RangeError',
          errorMessage: 'too far',
          stackTrace: expect.arrayContaining(['RangeError: too far']),
        },
      },
      { source: 'json', timestamp, level: 'WARN', requestId, message: 'one and 2' },
    ]);
  });

  it('is a tab separated line otherwise', async () => {
    const arn = await start().addFunction(
      'text',
      'export const handler = async () => { console.log("hello", 1); };',
    );

    await small.world.functions.invoke(arn, {});

    expect(small.logs).toEqual([
      ['text', expect.stringMatching(/^\d{4}-\S+Z\t[0-9a-f-]{36}\tINFO\thello 1$/)],
    ]);
  });

  it('past the console comes out line by line, as it is', async () => {
    const arn = await start().addFunction(
      'raw',
      'export const handler = async () => { process.stdout.write("one\\ntw"); process.stdout.write("o\\n"); process.stderr.write("three\\n"); };',
    );

    await small.world.functions.invoke(arn, {});

    expect(small.logs.map(([, line]) => line)).toEqual(['one', 'two', 'three']);
  });

  it('is kept when the process dies right after', async () => {
    const arn = await start().addFunction(
      'last',
      'export const handler = async () => { console.log("last words"); process.exit(1); };',
    );

    await small.world.functions.invoke(arn, {});

    await vi.waitFor(() =>
      expect(small.logs).toContainEqual(['last', expect.stringContaining('last words')]),
    );
  });
});
