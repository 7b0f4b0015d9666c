import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BatchFault, FaultTarget, InvocationFault, RequestFault } from '../../local/runtime/faults.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

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
  const client = await dial(`${execution.local.url.replace('http', 'ws')}/app/${execution.outputs.AppKey}`);
  const channel = `private-commerce.${tenant}`;
  client.send({
    event: 'pusher:subscribe',
    data: { channel, auth: execution.sign(await client.socketId(), channel) },
  });
  await client.received('pusher_internal:subscription_succeeded');
  return client;
}

/** What a listener has been shown: each notification once, at its first arrival. */
function shown(client: RawClient, round: string): { tenant: number; index: number }[] {
  const events = client.frames.filter((frame) => frame.event === round);
  const seen = new Map(events.map((frame) => [frame.data as string, JSON.parse(frame.data as string)]));
  return [...seen.values()];
}

/** One in so many, counted rather than rolled, so that a red test is red again. */
const oneIn = <T>(frequency: number, fault: T): (() => T | undefined) => {
  let count = 0;
  return () => (++count % frequency === 0 ? fault : undefined);
};

const onRequests = (fault: RequestFault, frequency: number, matches: (target: FaultTarget) => boolean) => {
  const next = oneIn(frequency, fault);
  return () => execution.local.faults.onRequest((target) => (matches(target) ? next() : undefined));
};
const onBatches = (fault: BatchFault, frequency: number) => {
  const next = oneIn(frequency, fault);
  return () => execution.local.faults.onBatch(() => next());
};
const onInvocations = (fault: InvocationFault, frequency: number) => {
  const next = oneIn(frequency, fault);
  return () =>
    execution.local.faults.onInvocation((name) => (name.endsWith('broadcast') ? next() : undefined));
};
const from = (name: string, service: string) => (target: FaultTarget) =>
  target.caller.endsWith(name) && target.service === service;

describe('no notification is lost, none reaches another tenant, and each channel keeps its order', () => {
  const posting = from('broadcast', 'execute-api');
  const reading = from('broadcast', 'dynamodb');

  it.each<[string, () => () => void]>([
    ['nothing', () => () => {}],
    ['throttled posts', onRequests({ kind: 'throttle' }, 5, posting)],
    ['posts that fail', onRequests({ kind: 'server-error' }, 5, posting)],
    ['posts whose answer is lost', onRequests({ kind: 'lost-response' }, 20, posting)],
    ['slow posts', onRequests({ kind: 'latency', milliseconds: 30 }, 3, posting)],
    ['throttled reads', onRequests({ kind: 'throttle' }, 10, reading)],
    ['reads that fail', onRequests({ kind: 'server-error' }, 3, reading)],
    ['reads that always fail for a while', onRequests({ kind: 'server-error' }, 1, oneTime(10, reading))],
    ['posts that fail until their deliveries queue up', failUntilQueued],
    ['batches that come twice', onBatches({ kind: 'duplicate' }, 3)],
    ['batches that come late', onBatches({ kind: 'delay', milliseconds: 50 }, 3)],
    ['a broadcaster that dies before its work', onInvocations({ kind: 'crash', when: 'before' }, 4)],
    ['a broadcaster that dies after its work', onInvocations({ kind: 'crash', when: 'after' }, 4)],
  ])('under %s', async (name, inject) => {
    const round = name.replaceAll(' ', '-');
    const stopInjecting = inject();
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
          await vi.waitFor(() => expect(shown(client, round)).toHaveLength(expected.length), {
            timeout: 25_000,
            interval: 50,
          });
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

/** Nothing can be posted by the broadcaster until it has had to put deliveries onto the retry queue. */
function failUntilQueued(): () => void {
  let queued = false;
  const posting = from('broadcast', 'execute-api');
  const queueing = from('broadcast', 'sqs');
  const stopInjecting = execution.local.faults.onRequest((target) => {
    queued ||= queueing(target);
    return posting(target) && !queued ? { kind: 'server-error' } : undefined;
  });
  return () => {
    stopInjecting();
    expect(queued).toBe(true);
  };
}

/** True for the first so many that match. */
function oneTime(times: number, matches: (target: FaultTarget) => boolean): (target: FaultTarget) => boolean {
  let left = times;
  return (target) => matches(target) && left-- > 0;
}
