import type { OperationFigures, StoreOperation } from '../recorded/store-figures.ts';
import type { Actors } from './actors.ts';
import { waitAsOnAws } from './aws-waits.ts';
import { durationWith } from './cpu-share.ts';
import type { MeasuredDeployment } from './measured-deployment.ts';
import type { Invocation } from './measured-functions.ts';
import type { PusherSocket } from './pusher-socket.ts';

const REPETITIONS = 10;
const REPETITIONS_OF_LARGE = 3;
/** Of a channel that somebody comes to or leaves: a shop's other screens. */
const OTHERS = 5;
const LARGE = 1_000;
/** Handshakes at once, while an audience gathers. */
const AT_ONCE = 20;

/** Each operation again and again, with nothing else going on. */
export async function* measureOperations(
  deployment: MeasuredDeployment,
  actors: Actors,
): AsyncGenerator<readonly [StoreOperation, OperationFigures]> {
  const [listener] = await gather(actors, 'private-commerce.1', 1);
  const [typist, reader] = await gather(actors, 'private-pair', 2);
  const others = await gather(actors, 'private-commerce.12', OTHERS);
  const newcomers: PusherSocket[] = [];
  const newcomer = (index: number): PusherSocket => newcomers[index] as PusherSocket;
  const subscribe = (index: number): Promise<void> =>
    actors.subscribe(newcomer(index), 'private-commerce.12');
  const steps: readonly (readonly [StoreOperation | 'again', (index: number) => Promise<unknown>])[] = [
    [
      'connect',
      async () => {
        newcomers.push(await actors.connect());
      },
    ],
    ['subscribe', subscribe],
    [
      'unsubscribe',
      async (index) => newcomer(index).send('pusher:unsubscribe', { channel: 'private-commerce.12' }),
    ],
    ['again', subscribe],
    ['disconnect', (index) => newcomer(index).close()],
    ['notification', () => actors.notify('private-commerce.1', [listener as PusherSocket])],
    [
      'clientEvent',
      () => {
        typist?.send('client-typing', { at: 'the till' }, 'private-pair');
        return (reader as PusherSocket).frameWith('client-typing');
      },
    ],
  ];

  // What an environment does only once it has done before anything counts.
  for (const [, step] of steps) await step(0);
  newcomers.length = 0;
  const answerAtOnce = waitAsOnAws(deployment.world.faults);
  for (const [operation, step] of steps) {
    const figures = await average(deployment, REPETITIONS, step);
    if (operation !== 'again') yield [operation, figures];
  }
  answerAtOnce();
  for (const socket of [listener, typist, reader, ...others]) await socket?.close();

  const audience = await gather(actors, 'private-commerce.1000', LARGE);
  const large = (): Promise<void> => actors.notify('private-commerce.1000', audience);
  await large();
  waitAsOnAws(deployment.world.faults);
  yield ['fanOutOf1000', await average(deployment, REPETITIONS_OF_LARGE, large)];
}

async function gather(actors: Actors, channel: string, count: number): Promise<PusherSocket[]> {
  const places = Array.from({ length: count }, (_, place) => place).values();
  const sockets: PusherSocket[] = [];
  const worker = async (): Promise<void> => {
    for (const _ of places) {
      const socket = await actors.connect();
      await actors.subscribe(socket, channel);
      sockets.push(socket);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sockets;
}

async function average(
  deployment: MeasuredDeployment,
  repetitions: number,
  step: (index: number) => Promise<unknown>,
): Promise<OperationFigures> {
  const { meter, functions } = deployment;
  await deployment.quiet();
  const before = {
    ...meter.read(),
    sent: deployment.sentToQueues(),
    invocations: functions.invocations.length,
  };
  for (let index = 0; index < repetitions; index += 1) {
    await step(index);
    await deployment.quiet();
  }
  const after = meter.read();
  const invocations = functions.invocations.slice(before.invocations);
  const fromQueues = invocations.filter(({ takesFromQueue }) => takesFromQueue).length;
  return {
    readUnits: (after.readUnits - before.readUnits) / repetitions,
    writeUnits: (after.writeUnits - before.writeUnits) / repetitions,
    streamRecords: (after.streamRecords - before.streamRecords) / repetitions,
    invocations: byFunction(invocations, repetitions),
    // Lambda receives a batch and deletes it.
    sqsRequests: (deployment.sentToQueues() - before.sent + 2 * fromQueues) / repetitions,
  };
}

function byFunction(
  invocations: readonly Invocation[],
  repetitions: number,
): OperationFigures['invocations'] {
  const names = [...new Set(invocations.map(({ name }) => name))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const own = invocations.filter((invocation) => invocation.name === name);
      const total = own.reduce(
        (sum, { usage, memoryInMegabytes }) => sum + durationWith(memoryInMegabytes, usage),
        0,
      );
      return [
        name,
        { count: own.length / repetitions, milliseconds: Math.round((10 * total) / own.length) / 10 },
      ];
    }),
  );
}
