import { beforeEach, describe, expect, it } from 'vitest';
import type { WebhookQueue, WebhookRepetition } from '../../lambdas/ports/webhook-queue.ts';
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

export interface WebhookRepetitionWorld {
  readonly repetition: WebhookRepetition;
  /** Handles of so many messages that were just handed out. */
  receive(messages: number): Promise<readonly string[]>;
  /** Of the handles that were handed out, those whose messages are to be had again by now. */
  visible(): Promise<readonly string[]>;
  /** Has that handle be valid no more. */
  expire(receiptHandle: string): void;
}

export function webhookRepetitionContract(name: string, setUp: () => Promise<WebhookRepetitionWorld>): void {
  describe(`when webhooks come again: ${name}`, () => {
    it('is for each message when it was asked for', async () => {
      const world = await setUp();
      const handles = await world.receive(23);
      await world.repetition.postpone(
        handles.map((receiptHandle, index) => ({ receiptHandle, inSeconds: index < 12 ? 900 : 0 })),
      );
      expect((await world.visible()).toSorted()).toEqual(handles.slice(12).toSorted());
    });

    it('changes nothing when nothing failed', async () => {
      const world = await setUp();
      await world.receive(1);
      await world.repetition.postpone([]);
      expect(await world.visible()).toEqual([]);
    });

    it('throws when a message could not be postponed', async () => {
      const world = await setUp();
      const [lost = '', other = ''] = await world.receive(2);
      world.expire(lost);
      const both = [lost, other].map((receiptHandle) => ({ receiptHandle, inSeconds: 0 }));
      await expect(world.repetition.postpone(both)).rejects.toThrow();
    });
  });
}
