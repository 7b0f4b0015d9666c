import type { LocalExecution } from '../../local/execution-options.ts';
import type {
  BatchFault,
  Faults,
  FaultTarget,
  InvocationFault,
  RequestFault,
} from '../../local/runtime/faults.ts';

/** Starts a kind of failure; what it returns ends it, and throws when the failure never came about. */
export type Injection = (execution: LocalExecution) => () => void;

/**
 * `run`: throttled posts in a row that are as many as all that a function tries for a few listeners before it queues them up. A message whose
 * function has died comes again after minutes only, and all behind it: of those one dies now and then, of the batches of a stream every second one.
 */
const PERSISTENCE = {
  broadcast: { run: 24, invocationsACrash: 2 },
  deliver: { run: 120, invocationsACrash: 3 },
} as const;

/**
 * What can go wrong between a row and its listeners, as a share of all requests, batches and invocations of the function that posts. Counted
 * rather than rolled, so that what failed once fails again.
 */
export function faultsOf(functionName: keyof typeof PERSISTENCE): Readonly<Record<string, Injection>> {
  const { run, invocationsACrash } = PERSISTENCE[functionName];
  const posts = from(functionName, 'execute-api');
  const reads = from(functionName, 'dynamodb');
  return {
    'throttled posts': requests({ kind: 'throttle' }, 5, posts),
    'posts that fail': requests({ kind: 'server-error' }, 5, posts),
    'posts whose answer is lost': requests({ kind: 'lost-response' }, 20, posts),
    'slow posts': requests({ kind: 'latency', milliseconds: 30 }, 3, posts),
    'throttled reads': requests({ kind: 'throttle' }, 10, reads),
    'reads that fail': requests({ kind: 'server-error' }, 3, reads),
    'reads that all fail for a while': failingFirst(10, reads),
    'posts that fail until their deliveries queue up': failingUntilQueued(functionName),
    'posts throttled for longer than a moment': throttledInRuns(functionName, run),
    'batches that come twice': batches({ kind: 'duplicate' }, 3),
    'batches that come late': batches({ kind: 'delay', milliseconds: 50 }, 3),
    [`a ${functionName} that dies before its work`]: invocations(
      { kind: 'crash', when: 'before' },
      invocationsACrash,
      functionName,
    ),
    [`a ${functionName} that dies after its work`]: invocations(
      { kind: 'crash', when: 'after' },
      invocationsACrash,
      functionName,
    ),
  };
}

export const faultCatalogue: Readonly<Record<string, Injection>> = {
  nothing: () => () => {},
  ...faultsOf('broadcast'),
};

type Matcher = (target: FaultTarget) => boolean;

function from(functionName: string, service: string): Matcher {
  return (target) => target.caller.endsWith(`-${functionName}`) && target.service === service;
}

function requests(fault: RequestFault, oneIn: number, matches: Matcher): Injection {
  return counted((faults, due) =>
    faults.onRequest((target) => (matches(target) && due(oneIn) ? fault : undefined)),
  );
}

function batches(fault: BatchFault, oneIn: number): Injection {
  return counted((faults, due) => faults.onBatch(() => (due(oneIn) ? fault : undefined)));
}

function invocations(fault: InvocationFault, oneIn: number, functionName: string): Injection {
  return counted((faults, due) =>
    faults.onInvocation((name) => (name.endsWith(`-${functionName}`) && due(oneIn) ? fault : undefined)),
  );
}

function counted(register: (faults: Faults, due: (oneIn: number) => boolean) => () => void): Injection {
  return ({ faults }) => {
    let [seen, injected] = [0, 0];
    const stop = register(faults, (oneIn) => {
      seen += 1;
      if (seen % oneIn !== 0) return false;
      injected += 1;
      return true;
    });
    return () => {
      stop();
      if (injected === 0) throw new Error('The fault never came about: nothing was tested.');
    };
  };
}

function failingFirst(times: number, matches: Matcher): Injection {
  return ({ faults }) => {
    let left = times;
    const stop = faults.onRequest((target) => {
      if (left === 0 || !matches(target)) return undefined;
      left -= 1;
      return { kind: 'server-error' };
    });
    return () => {
      stop();
      if (left > 0) throw new Error(`${left} of ${times} failures never came about.`);
    };
  };
}

/** Nothing can be posted until deliveries have had to be put onto the retry queue. */
function failingUntilQueued(functionName: string): Injection {
  return ({ faults }) => {
    let queued = false;
    const posting = from(functionName, 'execute-api');
    const queueing = from(functionName, 'sqs');
    const stop = faults.onRequest((target) => {
      queued ||= queueing(target);
      return posting(target) && !queued ? { kind: 'server-error' } : undefined;
    });
    return () => {
      stop();
      if (!queued) throw new Error('No delivery was ever put onto the retry queue.');
    };
  };
}

/** Posts are throttled in runs, with as many between them that are not: they queue up, and come back, perhaps more than once. */
function throttledInRuns(functionName: string, run: number): Injection {
  return ({ faults }) => {
    let posts = 0;
    let queued = false;
    const posting = from(functionName, 'execute-api');
    const queueing = from(functionName, 'sqs');
    const stop = faults.onRequest((target) => {
      queued ||= queueing(target);
      if (!posting(target)) return undefined;
      posts += 1;
      return Math.ceil(posts / run) % 2 === 1 ? { kind: 'throttle' } : undefined;
    });
    return () => {
      stop();
      if (!queued) throw new Error('No delivery was ever put onto the retry queue.');
    };
  };
}
