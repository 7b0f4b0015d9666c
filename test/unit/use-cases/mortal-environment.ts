import type { PendingDelivery } from '../../../lambdas/ports/queues.ts';
import type { World } from './world.ts';

/** What happens at the write of that number: it fails, or the whole environment ends before or after it is carried out. */
export interface Fault {
  readonly at: number;
  readonly kind: 'error' | 'crash before' | 'crash after';
}

export interface Life {
  fault: Fault | undefined;
  /** How many of this invocation. */
  writes: number;
  isDead: boolean;
  hasFailed: boolean;
  /** What it has posted, or tried to, itself or by the retry queue. */
  readonly touched: { readonly connectionId: string; readonly frame: string }[];
}

const PORTS = [
  'subscriptions',
  'connections',
  'presence',
  'cache',
  'webhooks',
  'gateway',
  'retries',
  'deliveries',
  'progress',
  'repetition',
  'deadLetters',
] as const satisfies readonly (keyof World)[];

const WRITES: ReadonlySet<string> = new Set([
  'post',
  'enqueue',
  'noteQueued',
  'notePassed',
  'noteDone',
  'markLagging',
  'clearLagging',
  'markJoined',
  'announce',
  'publish',
  'postpone',
]);

/** The same world as an environment sees it, which may end at any write, and then does nothing any more. */
export function mortal(world: World, life: Life): World {
  const { gateway, retries } = world;
  const noting: Partial<World> = {
    gateway: noted(gateway, 'post', (connectionId: string, frame: string) => {
      life.touched.push({ connectionId, frame });
    }),
    retries: noted(retries, 'enqueue', (deliveries: readonly PendingDelivery[]) => {
      for (const { connectionId, frames } of deliveries) {
        life.touched.push(...frames.map((frame) => ({ connectionId, frame })));
      }
    }),
  };
  const ports = PORTS.map((name) => [name, guarded(noting[name] ?? world[name], life)]);
  return { ...world, ...Object.fromEntries(ports) };
}

function noted<Port extends object>(port: Port, verb: keyof Port, note: (...given: never[]) => void): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: never[]) => {
        if (name === verb) note(...given);
        return value.apply(target, given);
      };
    },
  });
}

function guarded<Port extends object>(port: Port, life: Life): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => call(life, String(name), () => value.apply(target, given));
    },
  });
}

function call(life: Life, verb: string, work: () => unknown): unknown {
  if (life.isDead) throw new Error('the environment has ended');
  if (!WRITES.has(verb)) return work();
  life.writes += 1;
  if (life.fault?.at !== life.writes) return work();
  life.hasFailed = true;
  if (life.fault.kind === 'error') return Promise.reject(new Error(`${verb} failed`));
  life.isDead = true;
  const end = () => Promise.reject(new Error(`the environment ended at ${verb}`));
  return life.fault.kind === 'crash before' ? end() : Promise.resolve(work()).then(end, end);
}
