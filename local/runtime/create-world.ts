import type { ExecutionOptions } from '../execution-options.ts';
import type { CloudAssembly } from '../template/cloud-assembly.ts';
import { createApiRegistry } from './api-gateway/registry.ts';
import { createAddressBook } from './create-address-book.ts';
import { createLogSink } from './create-log-sink.ts';
import { openDoor } from './door/open-door.ts';
import { createTables } from './dynamodb/create-tables.ts';
import { createEdgeFunctions } from './edge/compile-edge-function.ts';
import { createFaults } from './fault-rules.ts';
import { createIam } from './iam/create-iam.ts';
import { createFunctions } from './lambda/functions.ts';
import type { Lifecycle } from './lifecycle.ts';
import { awsLimits } from './local-limits.ts';
import { createSecrets } from './secrets-manager/create-secrets.ts';
import { createQueues } from './sqs/queues.ts';
import type { World } from './world.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/**
 * Makes the services in an order in which each finds what it needs at once; what it needs later it may find in the
 * world when it is called. The lifecycle belongs to whoever starts, so that a failure half-way can be cleaned up.
 */
export async function createWorld(
  assembly: CloudAssembly,
  options: ExecutionOptions,
  lifecycle: Lifecycle,
): Promise<World> {
  const world = {
    partition: assembly.partition,
    region: assembly.region,
    accountId: assembly.accountId,
    urlSuffix: assembly.urlSuffix,
    limits: { ...awsLimits, ...options.limits },
    logs: createLogSink(options.log),
    assets: assembly.assets,
    addresses: createAddressBook(),
    edge: { port: options.port ?? 0, site: options.site, origin: undefined },
    edgeFunctions: createEdgeFunctions(),
    faults: createFaults(),
    onStart: lifecycle.onStart,
    onStop: lifecycle.onStop,
    fail: lifecycle.fail,
  } as Mutable<World>;
  world.iam = createIam(world);
  world.door = await openDoor(world);
  world.secrets = createSecrets(world);
  world.tables = createTables(world, options.dynamoDbEndpoint);
  world.functions = createFunctions(world);
  world.queues = createQueues(world);
  world.apis = createApiRegistry(world);
  return world;
}
