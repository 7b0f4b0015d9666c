import { beforeEach, describe, expect, it } from 'vitest';
import type { WebhookQueue } from '../../lambdas/ports/webhook-queue.ts';
import type { WebhookEvent } from '../../lambdas/protocol/webhook-event.ts';

export interface WebhookQueueWorld {
  /** Of an app with one endpoint, which wants everything. */
  readonly queue: WebhookQueue;
  published(): Promise<readonly WebhookEvent[]>;
  /** The next call finds no queue. */
  fail(): void;
}

/** One event of each shape. */
export const everyWebhookEvent: readonly WebhookEvent[] = [
  { name: 'channel_occupied', channel: 'presence-room' },
  { name: 'member_added', channel: 'presence-room', user_id: '7' },
  {
    name: 'client_event',
    channel: 'presence-room',
    event: 'client-typing',
    data: '{"text":"\\"ñ\\" \uFFFE\uFFFF"}',
    socket_id: '123.456',
    user_id: '7',
  },
  { name: 'subscription_count', channel: 'news', subscription_count: 3 },
  { name: 'cache_miss', channel: 'cache-rates' },
  { name: 'member_removed', channel: 'presence-room', user_id: '7' },
  { name: 'channel_vacated', channel: 'presence-room' },
];

export function webhookQueueContract(name: string, setUp: () => Promise<WebhookQueueWorld>): void {
  describe(`a webhook queue: ${name}`, () => {
    let world: WebhookQueueWorld;
    beforeEach(async () => {
      world = await setUp();
    });

    it('keeps every event as it was given', async () => {
      await world.queue.publish(everyWebhookEvent);
      expect(await world.published()).toEqual(everyWebhookEvent);
    });

    it('keeps more events than go into one request', async () => {
      const many = Array.from(
        { length: 25 },
        (_, index): WebhookEvent => ({ name: 'channel_occupied', channel: `room-${index}` }),
      );
      await world.queue.publish(many);
      expect(await world.published()).toEqual(many);
    });

    it('keeps nothing when there is nothing', async () => {
      await world.queue.publish([]);
      expect(await world.published()).toEqual([]);
    });

    it('keeps an event again that is handed in again', async () => {
      const event: WebhookEvent = { name: 'cache_miss', channel: 'cache-rates' };
      await world.queue.publish([event]);
      await world.queue.publish([event]);
      expect(await world.published()).toEqual([event, event]);
    });

    it('throws when an event could not be queued', async () => {
      world.fail();
      await expect(world.queue.publish(everyWebhookEvent)).rejects.toThrow();
    });
  });
}
