import { Worker } from 'node:worker_threads';
import type { InvocationResult } from '../functions.ts';
import type { ErrorForm, InvokeMessage, RuntimeSettings, WorkerMessage } from './worker-messages.ts';

/** Longest answer of a synchronous invocation, in bytes. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_RESPONSE_BYTES = 6_291_556;

export interface EnvironmentSettings {
  readonly runtimeModule: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly runtime: RuntimeSettings;
  readonly log: (line: string) => void;
}

/**
 * One execution environment: a worker that has loaded the function's module and works on one event at a time.
 * Not emulated: memory is limited as far as it is the heap of JavaScript; buffers and compiled code are not counted.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export interface ExecutionEnvironment {
  /** Resolves once the module is loaded, with how loading failed, or when the time is over. */
  initialize(milliseconds: number): Promise<'ready' | 'slow' | InvocationResult>;
  /** `slow` when the deadline passed: the environment has been ended. */
  invoke(message: InvokeMessage): Promise<InvocationResult | 'slow'>;
  /** False once its process has ended. */
  readonly alive: () => boolean;
  end(): Promise<void>;
}

export function startEnvironment(settings: EnvironmentSettings): ExecutionEnvironment {
  const worker = new Worker(settings.runtimeModule, {
    env: { ...settings.variables },
    execArgv: [],
    workerData: settings.runtime,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: settings.runtime.memoryInMegabytes },
  });
  let alive = true;
  let ending: ErrorForm | undefined;
  let heard: WorkerMessage | undefined;
  let listener: ((message: WorkerMessage | 'exit') => void) | undefined;

  function tell(message: WorkerMessage | 'exit'): void {
    if (listener) listener(message);
    else if (message !== 'exit') heard = message;
  }

  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'log') settings.log(message.line);
    else if (message.kind === 'fatal') {
      ending = message.error;
      void worker.terminate();
    } else tell(message);
  });
  worker.on('error', (failure: NodeJS.ErrnoException) => {
    ending = { errorType: 'Runtime.ExitError', errorMessage: failure.message, trace: [] };
    if (failure.code === 'ERR_WORKER_OUT_OF_MEMORY')
      ending = {
        errorType: 'Runtime.OutOfMemory',
        errorMessage: 'Error: Runtime exited with error: signal: killed',
        trace: [],
      };
  });
  worker.on('exit', (code) => {
    alive = false;
    ending ??= {
      errorType: 'Runtime.ExitError',
      errorMessage: `Error: Runtime exited with error: exit status ${code}`,
      trace: [],
    };
    tell('exit');
  });

  /** The next thing the worker says, its end, or nothing within the time. While it is awaited the process stays alive. */
  async function hear(milliseconds: number): Promise<WorkerMessage | 'exit' | 'slow'> {
    if (heard) {
      const message = heard;
      heard = undefined;
      return message;
    }
    if (!alive) return 'exit';
    worker.ref();
    let timer: NodeJS.Timeout | undefined;
    const message = await new Promise<WorkerMessage | 'exit' | 'slow'>((resolve) => {
      listener = resolve;
      timer = setTimeout(resolve, milliseconds, 'slow');
    });
    clearTimeout(timer);
    listener = undefined;
    worker.unref();
    return message;
  }

  function crash(): InvocationResult {
    const error = ending ?? { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited', trace: [] };
    return { outcome: 'crash', ...error };
  }

  async function end(): Promise<void> {
    alive = false;
    await worker.terminate();
  }

  worker.unref();
  return {
    alive: () => alive,
    end,
    async initialize(milliseconds) {
      const message = await hear(milliseconds);
      if (message === 'exit') return crash();
      if (message === 'slow') {
        await end();
        return 'slow';
      }
      if (message.kind === 'ready') return 'ready';
      await end();
      return message.kind === 'init-failed' ? { outcome: 'error', ...message.error } : crash();
    },
    async invoke(invocation) {
      worker.postMessage(invocation);
      const message = await hear(Math.max(0, invocation.deadline - Date.now()));
      if (message === 'exit') return crash();
      if (message === 'slow') {
        await end();
        return 'slow';
      }
      if (message.kind === 'failed') return { outcome: 'error', ...message.error };
      return message.kind === 'returned' ? answer(message.payload) : crash();
    },
  };
}

function answer(payload: string): InvocationResult {
  if (Buffer.byteLength(payload) <= MAX_RESPONSE_BYTES)
    return { outcome: 'returned', payload: JSON.parse(payload) };
  return {
    outcome: 'error',
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
  };
}
