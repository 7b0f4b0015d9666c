import { createContext, Script } from 'node:vm';
import type { EdgeFunction, EdgeFunctionEvent, EdgeFunctions } from '../edge-functions.ts';

/** The function threw, or did not come to an end. The viewer gets 503. */
export class EdgeFunctionFailure extends Error {
  override readonly name = 'EdgeFunctionFailure';
}

/**
 * Of the clock on the wall, not of the processor: CloudFront allows well below a millisecond, a laptop may be busy with something
 * else for longer than that. An endless loop must still end.
 */
const TIMEOUT_MILLISECONDS = 2_000;

/**
 * The frame around the function's code: no host object but two functions gets in, everything else passes as JSON, so
 * that the function has the built-ins of the language and nothing of Node.js. A handler may be async, but there is
 * nothing to wait for: it must come to an end without leaving its micro tasks.
 */
const frame = `
(() => {
  const log = __log, done = __done;
  globalThis.console = Object.freeze({ log: (...values) => log(values.map(String).join(' ')) });
  delete globalThis.WebAssembly; delete globalThis.SharedArrayBuffer; delete globalThis.Atomics;
  delete globalThis.__log; delete globalThis.__done;
  globalThis.__invoke = (json) => {
    const { rawQueryString, ...event } = JSON.parse(json);
    Object.defineProperty(event.request, 'rawQueryString', { value: () => rawQueryString });
    return Promise.resolve(event).then(handler).then(
      (result) => done(undefined, JSON.stringify(result)),
      (error) => done(error instanceof Error ? error.name + ': ' + error.message : String(error)),
    );
  };
})();
`;

const invocation = new Script('__invoke(__event)');

/**
 * Loads a function of the runtime cloudfront-js-2.0. Not emulated: which of the language's newer features that runtime
 * lacks, the modules it brings, and its measure of computing time.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 * @throws Error when the code cannot be loaded or has no `handler`
 */
export function compileEdgeFunction(name: string, code: string, log: (line: string) => void): EdgeFunction {
  const outcomes: { error: string | undefined; result: string | undefined }[] = [];
  const globals: Record<string, unknown> = {
    __log: log,
    __done: (error?: string, result?: string) => void outcomes.push({ error, result }),
    __event: undefined,
  };
  const context = createContext(globals, {
    name,
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  const run = (script: Script): unknown => script.runInContext(context, { timeout: TIMEOUT_MILLISECONDS });
  run(new Script(frame));
  try {
    run(new Script(code, { filename: `${name}.js` }));
  } catch (failure) {
    throw new Error(`the code of the CloudFront function ${name} cannot be loaded: ${String(failure)}`);
  }
  if (run(new Script('typeof handler')) !== 'function')
    throw new Error(`the code of the CloudFront function ${name} has no function named handler`);

  return {
    name,
    run(event: EdgeFunctionEvent) {
      outcomes.length = 0;
      globals.__event = JSON.stringify(event);
      try {
        run(invocation);
      } catch (failure) {
        throw new EdgeFunctionFailure(String(failure));
      }
      const [ended] = outcomes;
      if (!ended) throw new EdgeFunctionFailure('The handler waits for something that never comes.');
      if (ended.error !== undefined) throw new EdgeFunctionFailure(ended.error);
      return ended.result === undefined ? undefined : JSON.parse(ended.result);
    },
  };
}

export function createEdgeFunctions(): EdgeFunctions {
  const functions = new Map<string, EdgeFunction>();
  return {
    publish: (arn, edgeFunction) => void functions.set(arn, edgeFunction),
    get: (arn) => functions.get(arn),
  };
}
