import type { WebSocket } from 'ws';
import { faultCatalogue } from '../test/setup/fault-catalogue.ts';
import { type LocalDeployment, startDeployment } from './local-deployment.ts';
import type { Measurement } from './measurement.ts';

const NOTIFICATIONS = 10_000;
const CHANNELS = ['bench-a', 'bench-b', 'bench-c', 'bench-d'];
/** A listener that has been shown nothing for so long will be shown no more. */
const PATIENCE_IN_MILLISECONDS = 60_000;

/** What one listener was shown, each notification once. */
interface Ledger {
  readonly channel: string;
  readonly indexes: number[];
  foreign: number;
  repeated: number;
}

/**
 * Ten thousand notifications under each fault of the catalogue: how many a listener never got, got though they were another
 * channel's, got out of order, or got again (which is allowed: delivery is at least once).
 */
export async function* reliability(): AsyncGenerator<Measurement> {
  const deployment = await startDeployment({ limits: { timeScale: 0.05 } });
  const sockets: WebSocket[] = [];
  try {
    for (const channel of CHANNELS) sockets.push((await deployment.listen(channel)).socket);
    for (const [name, inject] of Object.entries(faultCatalogue)) {
      const stopInjecting = inject(deployment.execution);
      const ledgers = await round(deployment, sockets, name.replaceAll(' ', '-'));
      stopInjecting();
      yield* judge(name, ledgers);
    }
  } finally {
    for (const socket of sockets) socket.close();
    await deployment.stop();
  }
}

async function round(
  deployment: LocalDeployment,
  sockets: readonly WebSocket[],
  event: string,
): Promise<Ledger[]> {
  const each = NOTIFICATIONS / CHANNELS.length;
  const recordings = sockets.map((socket, index) => record(socket, CHANNELS[index] as string, event, each));
  await Promise.all(
    CHANNELS.map(async (channel) => {
      for (let index = 0; index < each; index += 1)
        await deployment.notify(channel, event, { channel, index });
    }),
  );
  return Promise.all(recordings);
}

/** Ends when everything has come, or when patience has. */
function record(socket: WebSocket, channel: string, event: string, expected: number): Promise<Ledger> {
  const ledger: Ledger = { channel, indexes: [], foreign: 0, repeated: 0 };
  const seen = new Set<number>();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      socket.off('message', look);
      resolve(ledger);
    };
    const look = (text: unknown): void => {
      const frame = JSON.parse(String(text));
      if (frame.event !== event) return;
      timer.refresh();
      const data = JSON.parse(frame.data);
      if (data.channel !== channel) ledger.foreign += 1;
      else if (seen.has(data.index)) ledger.repeated += 1;
      else ledger.indexes.push(data.index);
      seen.add(data.index);
      if (ledger.indexes.length === expected) end();
    };
    const timer = setTimeout(end, PATIENCE_IN_MILLISECONDS);
    socket.on('message', look);
  });
}

function judge(name: string, ledgers: readonly Ledger[]): Measurement[] {
  const sum = (count: (ledger: Ledger) => number): number =>
    ledgers.reduce((total, ledger) => total + count(ledger), 0);
  const figures = {
    lost: NOTIFICATIONS - sum(({ indexes }) => indexes.length),
    'to another channel': sum(({ foreign }) => foreign),
    'out of order': sum(
      ({ indexes }) => indexes.filter((index, at) => index < (indexes[at - 1] ?? 0)).length,
    ),
    repeated: sum(({ repeated }) => repeated),
  };
  return Object.entries(figures).map(([figure, value]) => ({
    bench: 'reliability',
    case: `${name}: ${figure}`,
    value,
    unit: `of ${NOTIFICATIONS}`,
  }));
}
