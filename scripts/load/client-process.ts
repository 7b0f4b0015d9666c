/** A process with some thousand clients of a load; told what to do, and telling, over the channel to its parent. */
import { type Client, dial } from './client.ts';
import type { ClientCommand, ClientPlan, ClientReport, Opening } from './client-messages.ts';
import { Ramp } from './ramp.ts';
import { ReceptionCount } from './reception.ts';

const ATTEMPTS = 10;
const REDIAL_AFTER_IN_MS = 1_000;

const clients: Client[] = [];
let reception = new ReceptionCount([]);

function open(plan: ClientPlan): Promise<Opening> {
  reception = new ReceptionCount(plan.channels);
  const redials = new Map<string, number>();
  const milliseconds: number[] = [];
  const waiting = plan.channels.map((_, client) => ({ client, attempt: 1 }));
  const ramp = new Ramp(plan.connectionsPerSecond);
  let settled = 0;

  return new Promise((resolve) => {
    const settle = (): void => {
      settled += 1;
      if (settled < plan.channels.length) return;
      clearInterval(dialling);
      clearInterval(progress);
      resolve({ subscribed: milliseconds.length, redials, milliseconds: Float64Array.from(milliseconds) });
    };

    function begin(client: number, attempt: number): void {
      const began = performance.now();
      clients[client] = dial(plan, plan.channels[client] ?? '', {
        subscribed: () => {
          const took = performance.now() - began;
          milliseconds.push(took);
          ramp.opened(took);
          settle();
        },
        failed: (why) => {
          ramp.failed();
          redials.set(why, (redials.get(why) ?? 0) + 1);
          if (attempt === ATTEMPTS) return settle();
          setTimeout(() => waiting.push({ client, attempt: attempt + 1 }), REDIAL_AFTER_IN_MS);
        },
        lost: () => reception.lose(),
        notified: (notification, receivedAt) => reception.count(client, notification, receivedAt),
      });
    }

    const dialling = setInterval(() => {
      while (waiting.length > 0 && ramp.admits()) {
        const next = waiting.shift();
        if (next) begin(next.client, next.attempt);
      }
    }, 10);
    const progress = setInterval(() => report({ kind: 'progress', subscribed: milliseconds.length }), 1_000);
  });
}

function report(message: ClientReport): void {
  process.send?.(message);
}

process.on('message', async (command: ClientCommand) => {
  if (command.kind === 'open') report({ kind: 'opened', opening: await open(command.plan) });
  else
    report({ kind: 'result', reception: await reception.complete(command.expected, command.milliseconds) });
});
process.on('disconnect', () => process.exit());
setInterval(() => {
  const now = Date.now();
  for (const client of clients) client?.keepAlive(now);
}, 1_000);
