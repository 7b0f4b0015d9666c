import { onTestFinished } from 'vitest';
import { openDoor } from '../../../local/runtime/door/open-door.ts';
import { createFaults } from '../../../local/runtime/fault-rules.ts';
import { createIam } from '../../../local/runtime/iam/create-iam.ts';
import type { Iam } from '../../../local/runtime/iam.ts';
import { createLifecycle, type Lifecycle } from '../../../local/runtime/lifecycle.ts';
import { awsLimits, type LocalLimits } from '../../../local/runtime/local-limits.ts';
import type { QueueDefinition } from '../../../local/runtime/queues.ts';
import { createQueues } from '../../../local/runtime/sqs/queues.ts';
import type { World } from '../../../local/runtime/world.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export const accountId = '111111111111';
export const region = 'us-east-1';

export interface QueueWorld {
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly logs: string[];
}

/** A world of the real door, policies, faults and queues; it stops when its test has finished. */
export async function queueWorld(
  limits: Partial<LocalLimits> = {},
  others: Partial<World> = {},
): Promise<QueueWorld> {
  const lifecycle = createLifecycle();
  const logs: string[] = [];
  const world = {
    partition: 'aws',
    region,
    accountId,
    urlSuffix: 'amazonaws.com',
    limits: { ...awsLimits, ...limits },
    logs: { write: (source: string, line: string) => void logs.push(`${source}: ${line}`) },
    faults: createFaults(),
    onStart: lifecycle.onStart,
    onStop: lifecycle.onStop,
    ...others,
  } as Mutable<World>;
  world.iam = createIam(world);
  world.door = await openDoor(world);
  world.queues = createQueues(world);
  onTestFinished(lifecycle.stop);
  return { world, lifecycle, logs };
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${region}:${accountId}:${name}`;
}

/** A queue with SQS's defaults; FIFO when its name says so. */
export function queueDefinition(name: string, changes: Partial<QueueDefinition> = {}): QueueDefinition {
  return {
    name,
    arn: queueArn(name),
    fifo: name.endsWith('.fifo'),
    contentBasedDeduplication: false,
    deduplicationScope: 'queue',
    visibilityTimeoutInSeconds: 30,
    delayInSeconds: 0,
    retentionInSeconds: 345_600,
    maximumMessageBytes: 1_048_576,
    receiveWaitInSeconds: 0,
    ...changes,
  };
}

/** A role that Lambda may assume, which may do these actions on any resource. */
export function addRole(iam: Iam, name: string, actions: readonly string[], resource = '*'): string {
  const arn = `arn:aws:iam::${accountId}:role/${name}`;
  iam.addRole({
    arn,
    name,
    managedPolicyArns: [],
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
  });
  if (actions.length > 0) {
    iam.addPolicy(name, 'policy', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }],
    });
  }
  return arn;
}
