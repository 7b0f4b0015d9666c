import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { faultCatalogue } from '../setup/fault-catalogue.ts';
import { PATIENCE_IN_MILLISECONDS } from '../setup/patience.ts';
import { dial, type Frame, type RawClient } from '../setup/raw-client.ts';

const TENANTS = [31, 32, 33];
/** Ten thousand of them are measured by `npm run bench -- reliability`. */
const NOTIFICATIONS_PER_TENANT = 30;

let execution: TestExecution;
const listeners = new Map<number, RawClient[]>();

beforeAll(async () => {
  execution = await startExecution({ limits: { timeScale: 0.05 } });
  for (const tenant of TENANTS) listeners.set(tenant, [await listenerOf(tenant), await listenerOf(tenant)]);
});
afterAll(async () => {
  for (const client of [...listeners.values()].flat()) client.close();
  await execution?.stop();
});

async function listenerOf(tenant: number): Promise<RawClient> {
  const client = await dial(execution.socketUrl);
  const channel = `private-commerce.${tenant}`;
  client.send({
    event: 'pusher:subscribe',
    data: { channel, auth: execution.sign(await client.socketId(), channel) },
  });
  await client.received('pusher_internal:subscription_succeeded');
  return client;
}

const indexOf = (frame: Frame): number => JSON.parse(frame.data as string).index;

/** What a listener has been shown: each notification once, at its first arrival. */
function shown(client: RawClient, round: string): { tenant: number; index: number }[] {
  const events = client.frames.filter((frame) => frame.event === round);
  const seen = new Map(events.map((frame) => [frame.data as string, JSON.parse(frame.data as string)]));
  return [...seen.values()];
}

describe('no notification is lost, none reaches another tenant, and each channel keeps its order', () => {
  const timeout = 6 * PATIENCE_IN_MILLISECONDS;

  it.each(Object.entries(faultCatalogue))('under %s', { timeout }, async (name, inject) => {
    const round = name.replaceAll(' ', '-');
    const stopInjecting = inject(execution.local);
    try {
      for (let index = 0; index < NOTIFICATIONS_PER_TENANT; index += 1) {
        await Promise.all(
          TENANTS.map((tenant) =>
            execution.notify({
              channel: `private-commerce.${tenant}`,
              event: round,
              data: { tenant, index },
            }),
          ),
        );
      }

      for (const [tenant, clients] of listeners) {
        const expected = Array.from({ length: NOTIFICATIONS_PER_TENANT }, (_, index) => ({ tenant, index }));
        for (const client of clients) {
          // Each is waited for by itself: on a busy machine a round takes as long as all the environments that it starts.
          for (const { index } of expected) await client.received(round, (frame) => indexOf(frame) === index);
          expect(shown(client, round)).toEqual(expected);
        }
      }
      expect(execution.local.messagesIn('FanOutDeadLetter')).toEqual([]);
      expect(execution.local.messagesIn('StreamFailures')).toEqual([]);
      expect(execution.local.messagesIn('FanOutRetryDeadLetter')).toEqual([]);
    } finally {
      stopInjecting();
    }
  });
});
