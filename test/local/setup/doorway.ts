import { createAddressBook } from '../../../local/runtime/create-address-book.ts';
import { openDoor } from '../../../local/runtime/door/open-door.ts';
import { createTables } from '../../../local/runtime/dynamodb/create-tables.ts';
import { createFaults } from '../../../local/runtime/fault-rules.ts';
import { createIam } from '../../../local/runtime/iam/create-iam.ts';
import type { AccessKey } from '../../../local/runtime/iam.ts';
import { createLifecycle } from '../../../local/runtime/lifecycle.ts';
import { awsLimits, type LocalLimits } from '../../../local/runtime/local-limits.ts';
import { createSecrets } from '../../../local/runtime/secrets-manager/create-secrets.ts';
import type { World } from '../../../local/runtime/world.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** The door with IAM, tables and secrets behind it, and no function that would go through it. */
export interface Doorway {
  readonly world: World;
  /** `[source] line` of everything that was logged. */
  readonly logs: string[];
  /** Key of a function called `name`, the role of which has these statements. */
  keyOf(name: string, ...statements: Statement[]): AccessKey;
  /** What an SDK client needs to come in. */
  clientOf(key: AccessKey): { endpoint: string; region: string; credentials: AccessKey };
  /** Starts what polls and sweeps. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function openDoorway(limits: Partial<LocalLimits> = {}): Promise<Doorway> {
  const lifecycle = createLifecycle();
  const logs: string[] = [];
  const world = {
    partition: 'aws',
    region: 'us-east-1',
    accountId: '123456789012',
    urlSuffix: 'amazonaws.com',
    limits: { ...awsLimits, ...limits },
    logs: { write: (source: string, line: string) => void logs.push(`[${source}] ${line}`) },
    addresses: createAddressBook(),
    faults: createFaults(),
    onStart: lifecycle.onStart,
    onStop: lifecycle.onStop,
    fail: lifecycle.fail,
  } as unknown as Mutable<World>;
  world.iam = createIam(world);
  world.door = await openDoor(world);
  world.secrets = createSecrets(world);
  world.tables = createTables(world, undefined);

  return {
    world,
    logs,
    keyOf: (name, ...statements) => {
      const arn = `arn:aws:iam::123456789012:role/${name}-role`;
      world.iam.addRole({ arn, name: `${name}-role`, managedPolicyArns: [], trustPolicy: lambdaTrust });
      if (statements.length > 0) {
        world.iam.addPolicy(`${name}-role`, 'policy', { Version: '2012-10-17', Statement: statements });
      }
      return world.iam.issueKey({ name, roleArn: arn });
    },
    clientOf: (credentials) => ({ endpoint: world.door.origin, region: world.region, credentials }),
    start: lifecycle.start,
    stop: lifecycle.stop,
  };
}

export const lambdaTrust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
};
