import { FakeGateway } from '../fakes/fake-gateway.ts';
import { FixedSecret } from '../fakes/fixed-secret.ts';
import {
  InMemoryDeadLetterQueue,
  InMemoryDeliveryQueue,
  InMemoryExpirySchedule,
  InMemoryRetryQueue,
} from '../fakes/in-memory-queues.ts';
import { KnownTokens } from '../fakes/known-tokens.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { appSecretContract } from './app-secret.ts';
import { clockContract } from './clock.ts';
import { connectionGatewayContract } from './connection-gateway.ts';
import { loggerContract } from './logger.ts';
import {
  deadLetterQueueContract,
  deliveryQueueContract,
  expiryScheduleContract,
  retryQueueContract,
} from './queues.ts';
import { NOW } from './stores-world.ts';
import { tokenVerifierContract } from './token-verifier.ts';

connectionGatewayContract('the fake', async () => {
  const gateway = new FakeGateway(new VirtualClock());
  return {
    gateway,
    answer: (connectionId, outcome) => gateway.always(connectionId, outcome),
    receivedBy: (connectionId) => gateway.receivedBy(connectionId),
  };
});

retryQueueContract('the fake', async () => {
  const queue = new InMemoryRetryQueue();
  return { queue, waiting: () => queue.deliveries, fail: () => queue.failNext() };
});

deliveryQueueContract('the fake', async () => {
  const queue = new InMemoryDeliveryQueue();
  return { queue, waiting: () => queue.deliveries, fail: () => queue.failNext() };
});

deadLetterQueueContract('the fake', async () => {
  const queue = new InMemoryDeadLetterQueue();
  return { queue, letters: () => queue.letters, fail: () => queue.failNext() };
});

expiryScheduleContract('the fake', async () => {
  const schedule = new InMemoryExpirySchedule();
  return { schedule, wakes: () => schedule.wakes, fail: () => schedule.failNext() };
});

appSecretContract('the fake', async (...secrets) => {
  const secret = new FixedSecret(...secrets);
  return { secret, rotate: (...others) => secret.rotate(...others) };
});

tokenVerifierContract('the fake', async () => {
  const identity = { tenant: '12', user: '7', tokenExpiresAt: NOW + 60 };
  const verifier = new KnownTokens({ token: identity });
  return {
    verifier,
    token: 'token',
    identity,
    fail: () => {
      verifier.failure = new Error('no keys');
    },
  };
});

clockContract('the fake', () => new VirtualClock());

loggerContract('the fake', () => {
  const logger = new RecordingLogger();
  return { logger, lines: () => logger.lines };
});
