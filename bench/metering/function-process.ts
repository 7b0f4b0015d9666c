/**
 * `function-process TASK_ROOT HANDLER`: an execution environment that is a process of its own, so that its CPU time and memory are
 * its function's alone. Works on one event at a time, and says what each has taken.
 */
import { loadHandler } from '../../local/runtime/lambda/bootstrap/load-handler.ts';

export interface ProcessEvent {
  /** As JSON. */
  readonly event: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
}

/** CPU of all threads of the process. */
export interface Usage {
  readonly cpuMilliseconds: number;
  readonly milliseconds: number;
  readonly heapMegabytes: number;
  /** The most that the process has ever had. */
  readonly peakMegabytes: number;
}

export type ProcessAnswer =
  | { readonly kind: 'ready'; readonly usage: Usage }
  | { readonly kind: 'returned'; readonly payload: string; readonly usage: Usage }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string; readonly usage: Usage };

const [, , taskRoot = '', name = ''] = process.argv;

const loading = begin();
const handler = await loadHandler(taskRoot, name);
process.on('message', (message: ProcessEvent) => void work(message));
send({ kind: 'ready', usage: loading() });

async function work({ event, requestId, deadline }: ProcessEvent): Promise<void> {
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  const used = begin();
  try {
    const result = await handler(JSON.parse(event), context);
    const payload = JSON.stringify(result === undefined ? null : result) ?? 'null';
    send({ kind: 'returned', payload, usage: used() });
  } catch (thrown) {
    const { name: kind, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
    send({ kind: 'failed', name: kind, message, usage: used() });
  }
}

function begin(): () => Usage {
  const started = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return {
      cpuMilliseconds: (user + system) / 1_000,
      milliseconds: performance.now() - started,
      heapMegabytes: process.memoryUsage().heapUsed / 2 ** 20,
      peakMegabytes: process.resourceUsage().maxRSS / 1_024,
    };
  };
}

function send(answer: ProcessAnswer): void {
  process.send?.(answer);
}
