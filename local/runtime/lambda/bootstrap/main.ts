import { parentPort, workerData } from 'node:worker_threads';
import type { ErrorForm, InvokeMessage, RuntimeSettings, WorkerMessage } from '../worker-messages.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import { installLogging } from './logging.ts';
import { RuntimeError, toErrorForm } from './runtime-error.ts';

/**
 * The managed runtime, inside the worker of one execution environment: loads the handler once, then calls it for one
 * event at a time. Bundled and started by {@link file://../runtime-bundle.ts}; `process` is the worker's own.
 */
const settings = workerData as RuntimeSettings;
let requestId: string | undefined;

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function contextOf(message: InvokeMessage): unknown {
  return {
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    memoryLimitInMB: String(settings.memoryInMegabytes),
    logGroupName: settings.logGroupName,
    logStreamName: settings.logStreamName,
    invokedFunctionArn: settings.functionArn,
    awsRequestId: message.requestId,
    getRemainingTimeInMillis: () => Math.max(0, message.deadline - Date.now()),
  };
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  requestId = message.requestId;
  try {
    const result = await handler(JSON.parse(message.event), contextOf(message));
    send({ kind: 'returned', payload: JSON.stringify(result === undefined ? null : result) ?? 'null' });
  } catch (thrown) {
    const error = toErrorForm(thrown);
    console.error(thrown instanceof Error ? thrown : new Error(String(thrown)));
    send({ kind: 'failed', error });
  }
}

function die(error: ErrorForm): void {
  send({ kind: 'fatal', error });
}

installLogging(
  settings,
  () => requestId,
  (line) => send({ kind: 'log', line }),
);
process.on('uncaughtException', (thrown) => die(toErrorForm(thrown)));
process.on('unhandledRejection', (reason) =>
  die(toErrorForm(new RuntimeError('UnhandledPromiseRejection', String(reason), { cause: reason }))),
);

loadHandler(settings.taskRoot, settings.handler).then(
  (handler) => {
    parentPort?.on('message', (message: InvokeMessage) => void invoke(handler, message));
    send({ kind: 'ready' });
  },
  (thrown: unknown) => {
    console.error(thrown);
    send({ kind: 'init-failed', error: toErrorForm(thrown) });
  },
);
