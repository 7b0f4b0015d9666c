import type { AddressBook } from './address-book.ts';
import type { ApiRegistry } from './api-registry.ts';
import type { Assets } from './assets.ts';
import type { Door } from './door.ts';
import type { EdgeFunctions } from './edge-functions.ts';
import type { EdgeSettings } from './edge-settings.ts';
import type { Faults } from './faults.ts';
import type { Functions } from './functions.ts';
import type { Iam } from './iam.ts';
import type { LocalLimits } from './local-limits.ts';
import type { LogSink } from './log-sink.ts';
import type { Queues } from './queues.ts';
import type { Secrets } from './secrets.ts';
import type { Tables } from './tables.ts';

/**
 * Everything that runs in one local execution; resources are created into it, in template order.
 * While a service is being made, the ones made after it are not there yet (see `create-world.ts`): it keeps the world
 * and looks at its neighbours when it is called.
 */
export interface World {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly urlSuffix: string;
  /** AWS's limits and times, scaled or overridden. */
  readonly limits: LocalLimits;
  readonly logs: LogSink;
  readonly assets: Assets;
  readonly addresses: AddressBook;
  readonly iam: Iam;
  readonly door: Door;
  readonly tables: Tables;
  readonly secrets: Secrets;
  readonly functions: Functions;
  readonly queues: Queues;
  readonly apis: ApiRegistry;
  readonly faults: Faults;
  readonly edge: EdgeSettings;
  readonly edgeFunctions: EdgeFunctions;
  /** Registers what has to end when the execution ends; called in reverse order of registration. */
  onStop(stop: () => Promise<void> | void): void;
  /** Registers what begins once every resource of every stack exists (pollers, listeners); called in order. */
  onStart(start: () => Promise<void> | void): void;
  /** Ends the execution, because something that it cannot go on without is gone. */
  readonly fail: (failure: Error) => void;
}
