import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionGateway, PostOutcome } from '../../lambdas/ports/connection-gateway.ts';

/** A stage on which every connection is open. */
export interface ConnectionGatewayWorld {
  readonly gateway: ConnectionGateway;
  /** From now on posts to this connection end so. */
  answer(connectionId: string, outcome: PostOutcome): void;
  /** The frames that have arrived at a connection. */
  receivedBy(connectionId: string): readonly string[];
}

export function connectionGatewayContract(name: string, setUp: () => Promise<ConnectionGatewayWorld>): void {
  describe(`a connection gateway: ${name}`, () => {
    let world: ConnectionGatewayWorld;
    beforeEach(async () => {
      world = await setUp();
    });

    it('delivers the frame to that connection and to no other, in the order of the posts', async () => {
      expect(await world.gateway.post('a=', '{"n":"ñ"}')).toBe('delivered');
      expect(await world.gateway.post('a=', '{"n":2}')).toBe('delivered');
      expect(world.receivedBy('a=')).toEqual(['{"n":"ñ"}', '{"n":2}']);
      expect(world.receivedBy('b=')).toEqual([]);
    });

    it.each(['gone', 'throttled', 'unavailable', 'too-large'] as const)(
      'says that a connection is %s after one attempt, and delivers nothing',
      async (outcome) => {
        world.answer('a=', outcome);
        expect(await world.gateway.post('a=', 'frame')).toBe(outcome);
        expect(world.receivedBy('a=')).toEqual([]);
        expect(await world.gateway.post('b=', 'frame')).toBe('delivered');
      },
    );

    it.each(['delivered', 'unavailable'] as const)(
      'says once that an attempt is under way that ends %s',
      async (outcome) => {
        world.answer('a=', outcome);
        let begun = 0;
        await world.gateway.post('a=', 'frame', () => {
          begun += 1;
        });
        expect(begun).toBe(1);
      },
    );

    it('closes a connection: it is gone then', async () => {
      await world.gateway.close('a=');
      expect(await world.gateway.post('a=', 'frame')).toBe('gone');
      expect(await world.gateway.post('b=', 'frame')).toBe('delivered');
    });

    it('finds nothing wrong with closing one that is gone', async () => {
      world.answer('a=', 'gone');
      await world.gateway.close('a=');
      await expect(world.gateway.close('a=')).resolves.toBeUndefined();
    });
  });
}
