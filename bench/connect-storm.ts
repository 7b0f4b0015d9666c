import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { nextMessage, startChild } from './child.ts';
import { startDeployment } from './local-deployment.ts';
import { type Measurement, percentile } from './measurement.ts';
import type { Consumption } from './metering/metered-engine.ts';
import type { Storm, StormReport } from './storm/storm-process.ts';

/**
 * A tenth of 5,000 clients and of the new connections that API Gateway admits a second: the same storm, which a machine of two cores can play. It
 * takes some 45 ms of CPU a client, so that of all of them most would give up waiting for this machine, dial again, and make the wait longer.
 */
const SHARE = 0.1;
const CLIENTS = 5_000 * SHARE;
const CONNECTIONS_A_SECOND = 500 * SHARE;
const PLAIN = 'a plain ws server';
/** The functions are warm: how fast many of them start at once is a matter of this machine's cores, and not of AWS's. */
const FIRST_CLIENTS = 50;
const ENVIRONMENTS = 4;

/**
 * Thousands of clients dial at the same moment, as after an outage, each with its tenant's channel and one that all are on to come back to. API Gateway admits 500 new
 * connections a second, and whoever it refuses comes again as pusher-js does. The plain way is a `ws` server that greets at once, and admits
 * as many a second as it can.
 */
export async function* connectStorm(): AsyncGenerator<Measurement> {
  const plain = await measurePlain();
  const engine = startChild('storm/metered-engine-process.ts');
  const endpoint = await nextMessage<string>(engine);
  const limits = { environmentsPerFunction: ENVIRONMENTS, connectionRate: CONNECTIONS_A_SECOND };
  const deployment = await startDeployment({ dynamoDbEndpoint: endpoint, limits });
  let requests = 0;
  deployment.execution.faults.onRequest(({ service }) => {
    if (service === 'dynamodb') requests += 1;
    return undefined;
  });
  try {
    const way = {
      url: deployment.socketUrl,
      key: deployment.output('AppKey'),
      secret: deployment.output('AppSecret'),
    };
    const first = await run({ ...way, clients: FIRST_CLIENTS });
    const before = await consumptionOf(engine);
    requests = 0;
    const { storm, report } = await run({ ...way, clients: CLIENTS });
    // What came to the door and not to the engine met a transaction that was under way.
    const asked = requests;
    const after = await consumptionOf(engine);
    first.storm.kill();
    storm.kill();
    yield* times(report, plain);
    for (const [label, value, unit] of [
      ['dials', report.dials / CLIENTS, 'a client'],
      ['requests to DynamoDB', asked / CLIENTS, 'a client'],
      ['conflicts of transactions', (asked - (after.requests - before.requests)) / CLIENTS, 'a client'],
      ['written', (after.writeUnits - before.writeUnits) / CLIENTS, 'WRU a client'],
      ['read', (after.readUnits - before.readUnits) / CLIENTS, 'RRU a client'],
      ...Object.entries(report.refusals).map(
        ([status, count]) => [`handshakes refused, ${status}`, count, 'times'] as const,
      ),
      ...Object.entries(report.errors).map(
        ([text, count]) => [`clients were told ${text}`, count, 'times'] as const,
      ),
    ] as const) {
      yield { bench: 'connect-storm', case: label, value, unit };
    }
  } finally {
    await deployment.stop();
    engine.disconnect();
  }
}

function* times({ greeted, subscribed }: StormReport, plain: StormReport): Generator<Measurement> {
  for (const [label, share] of [
    ['half of them', 0.5],
    ['99 of 100', 0.99],
    ['all', 1],
  ] as const) {
    const theirs = arrivalOf(share, plain.greeted);
    for (const [what, arrivals] of [
      ['greeted', greeted],
      ['subscribed', subscribed],
    ] as const) {
      const value = arrivalOf(share, arrivals);
      const ratio = { ratio: value / theirs, against: PLAIN };
      yield { bench: 'connect-storm', case: `${label} ${what}`, value: value / 1_000, unit: 's', ...ratio };
    }
  }
  for (const [what, arrivals] of [
    ['greeted', greeted],
    ['subscribed', subscribed],
  ] as const) {
    yield {
      bench: 'connect-storm',
      case: `never ${what}`,
      value: CLIENTS - arrivals.length,
      unit: 'clients',
    };
  }
}

/** When so many of the clients had arrived; never, if fewer of them did. */
function arrivalOf(share: number, arrivals: readonly number[]): number {
  const missing = Array.from({ length: CLIENTS - arrivals.length }, () => Number.POSITIVE_INFINITY);
  return percentile([...arrivals, ...missing], share);
}

async function measurePlain(): Promise<StormReport> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: false,
    backlog: CLIENTS,
  });
  await once(server, 'listening');
  const data = JSON.stringify({ socket_id: '1.1', activity_timeout: 120 });
  server.on('connection', (socket) => {
    socket.send(JSON.stringify({ event: 'pusher:connection_established', data }));
  });
  const { port } = server.address() as { port: number };
  const { storm, report } = await run({ url: `ws://127.0.0.1:${port}`, clients: CLIENTS });
  storm.kill();
  server.close();
  return report;
}

async function run(storm: Storm): Promise<{ readonly storm: ChildProcess; readonly report: StormReport }> {
  const child = startChild('storm/storm-process.ts');
  child.send(storm);
  return { storm: child, report: await nextMessage<StormReport>(child) };
}

async function consumptionOf(engine: ChildProcess): Promise<Consumption> {
  engine.send('read');
  return await nextMessage<Consumption>(engine);
}
