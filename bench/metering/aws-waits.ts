import type { Faults, FaultTarget } from '../../local/runtime/faults.ts';

/**
 * How long AWS takes to answer a function, in milliseconds. On this machine answers come at once, so that durations would be of CPU
 * only. Round figures, assumed and not measured: DynamoDB promises single-digit milliseconds and no number to anything else.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html
 */
const WAITS: Readonly<Record<string, number>> = {
  'dynamodb reads': 4,
  'dynamodb writes': 5,
  'dynamodb transactions': 12,
  'execute-api': 10,
  sqs: 8,
  secretsmanager: 20,
};

/** Waits are so much longer here than on AWS: what this machine needs to play AWS, in the meantime, is next to nothing. */
export const SLOW_MOTION = 10;

/** Lets functions, and nobody else, wait for their answers, in slow motion. To be called back when it is enough. */
export function waitAsOnAws(faults: Faults): () => void {
  return faults.onRequest((target) =>
    target.caller === 'operator'
      ? undefined
      : { kind: 'latency', milliseconds: SLOW_MOTION * waitFor(target) },
  );
}

function waitFor({ service, operation }: FaultTarget): number {
  const kind = service === 'dynamodb' ? `dynamodb ${kindOf(operation)}` : service;
  const wait = WAITS[kind];
  if (wait === undefined)
    throw new Error(`Nobody has said how long ${service} takes; say so in aws-waits.ts.`);
  return wait;
}

function kindOf(operation: string): string {
  if (operation.startsWith('Transact')) return 'transactions';
  return /^(Get|BatchGet|Query)/.test(operation) ? 'reads' : 'writes';
}
