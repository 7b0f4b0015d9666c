import { describe, expect, it } from 'vitest';
import { type ConnectionChange, followConnections } from '../../../lambdas/use-cases/follow-connections.ts';
import { NOW, newWorld } from './world.ts';

const opened = (connectionId: string, sequenceNumber: string): ConnectionChange => ({
  kind: 'opened',
  eventId: `event-${sequenceNumber}`,
  sequenceNumber,
  connection: { connectionId, connectedAt: NOW, expiresAt: 0 },
});
const removed = (connectionId: string, sequenceNumber: string): ConnectionChange => ({
  kind: 'removed',
  eventId: `event-${sequenceNumber}`,
  sequenceNumber,
  removed: { connectionId, channels: ['news'], users: [], watched: [] },
});

/** Notes what it was asked for; whoever is in `failing` cannot be greeted or forgotten. */
function attendant(failing: Set<string> = new Set()) {
  const { clock, logger } = newWorld();
  const done: string[] = [];
  const act = (verb: string) => async (whom: { readonly connectionId: string }) => {
    await clock.sleep(10);
    if (failing.has(whom.connectionId)) throw new Error('throttled');
    done.push(`${verb} ${whom.connectionId}`);
  };
  return {
    done,
    logger,
    clock,
    follow: followConnections({ greet: act('greet'), forget: act('forget'), logger }),
  };
}

describe('following the connections', () => {
  it('greets who has come and forgets who has left', async () => {
    const { follow, done } = attendant();

    expect(await follow([opened('a=', '1'), removed('b=', '2')])).toEqual([]);

    expect(done).toEqual(['greet a=', 'forget b=']);
  });

  it('tells the greeter when the row was written', async () => {
    const { logger } = newWorld();
    const told: (number | undefined)[] = [];
    const greet = async (_: unknown, storedAt?: number) => void told.push(storedAt);
    const follow = followConnections({ greet, forget: async () => {}, logger });

    await follow([{ ...opened('a=', '1'), storedAt: 1_764_000_000 }, opened('b=', '2')]);

    expect(told).toEqual([1_764_000_000, undefined]);
  });

  it('attends to connections side by side', async () => {
    const { follow, clock } = attendant();

    await follow(Array.from({ length: 100 }, (_, index) => opened(`${index}=`, String(index))));

    expect(clock.now() - NOW).toBe(10);
  });

  it('does not greet who has already left', async () => {
    const { follow, done } = attendant();

    await follow([opened('a=', '1'), opened('b=', '2'), removed('a=', '3')]);

    expect(done).toEqual(['greet b=', 'forget a=']);
  });

  it('asks for what failed again, and does not let that hold up the others', async () => {
    const { follow, done, logger } = attendant(new Set(['b=']));

    expect(await follow([opened('a=', '1'), opened('b=', '2'), opened('c=', '3')])).toEqual(['2']);

    expect(done).toEqual(['greet a=', 'greet c=']);
    logger.assertLogged('connection-change-failed', { connectionId: 'b=' });
  });

  it('does not repeat what was done when the batch comes again', async () => {
    const failing = new Set(['b=']);
    const { follow, done } = attendant(failing);
    await follow([opened('a=', '1'), opened('b=', '2'), removed('c=', '3')]);
    failing.clear();

    expect(await follow([opened('b=', '2'), removed('c=', '3')])).toEqual([]);

    expect(done).toEqual(['greet a=', 'forget c=', 'greet b=']);
  });
});
