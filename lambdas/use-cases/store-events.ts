import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { NewNotification, NotificationLog, Origin } from '../ports/notification-log.ts';
import type { EventRequest } from '../protocol/event-request.ts';
import { fingerprint } from '../protocol/fingerprint.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';
import { notificationFrame } from '../protocol/server-event.ts';

/** `too-large`: a frame that API Gateway would not carry. `key-reused`: the key was that of another request. Then nothing is stored. */
export type StoreOutcome = 'stored' | 'too-large' | 'key-reused';

/**
 * Stores events, for every channel of each a notification of its own, in their order; the broadcast follows from that.
 *
 * With an idempotency key, a repeated request stores nothing new within a day, and what the first one could not store any more. Two
 * requests are the same when path and events are. The key comes in a header or in the body: only a body is signed, so whoever can change
 * headers on the way could take the key out of them, or put that of an earlier request there, and make an event come twice or not
 * at all. Between caller and endpoint there is TLS.
 */
export const storeEvents =
  (deps: { readonly log: NotificationLog; readonly idempotency: IdempotencyStore }) =>
  async (path: string, events: readonly EventRequest[], idempotencyKey?: string): Promise<StoreOutcome> => {
    const notifications = events.flatMap(notificationsOf);
    // Quotes and control characters grow when the frame quotes them: only the frame itself tells its size.
    if (notifications.some((notification) => frameBytes(notification) > MAX_FRAME_BYTES)) return 'too-large';
    if (idempotencyKey === undefined) {
      await deps.log.append(notifications);
      return 'stored';
    }
    const origin = await originOf(idempotencyKey, fingerprint(path, JSON.stringify(events)));
    if (origin === undefined) return 'key-reused';
    await deps.log.append(notifications, origin);
    return 'stored';

    async function originOf(key: string, request: string): Promise<Origin | undefined> {
      const first = await deps.idempotency.begin(key, request);
      return first.fingerprint === request ? { at: first.at, seed: first.seed } : undefined;
    }
  };

function notificationsOf({ name, data, channels, socketId }: EventRequest): NewNotification[] {
  return channels.map((channel) => ({
    channel,
    event: name,
    data,
    ...(socketId !== undefined && { socketId }),
  }));
}

function frameBytes(notification: NewNotification): number {
  return Buffer.byteLength(notificationFrame(notification));
}
