import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { HttpWebhookSender } from '../../lambdas/adapters/http/webhook-sender.ts';
import { SqsMessageRepetition } from '../../lambdas/adapters/sqs/message-repetition.ts';
import { readQueuedWebhookEvent, SqsWebhookQueue } from '../../lambdas/adapters/sqs/webhook-queue.ts';
import { FakeWebhookEndpoints } from '../fakes/fake-webhook-endpoints.ts';
import { InMemoryMessageRepetition } from '../fakes/in-memory-queues.ts';
import { InMemoryWebhookQueue } from '../fakes/in-memory-webhook-queue.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { queueArn, queueDefinition, queueWorld, region } from '../local/setup/queue-world.ts';
import { startAwsStandIn } from '../setup/aws-stand-in.ts';
import { messageRepetitionContract } from './queues.ts';
import { webhookQueueContract } from './webhook-queue.ts';
import { webhookSenderContract } from './webhook-sender.ts';

/** SQS as the local execution has it. */
async function startQueue() {
  const { world } = await queueWorld();
  const url = world.queues.create(queueDefinition('webhook'));
  const client = new SQSClient({
    region,
    endpoint: world.door.origin,
    credentials: world.iam.issueKey({ name: 'operator', roleArn: 'operator' }),
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return { client, url, queues: world.queues, arn: queueArn('webhook') };
}

webhookQueueContract('the fake', async () => {
  const queue = new InMemoryWebhookQueue();
  return { queue, published: async () => queue.events, fail: () => queue.failNext() };
});

webhookQueueContract('on SQS', async () => {
  const { client, url, queues, arn } = await startQueue();
  let target = url;
  const endpoints = [{ url: 'https://api.example/webhooks' }];
  return {
    queue: {
      publish: (events) => new SqsWebhookQueue(client, new VirtualClock(), target, endpoints).publish(events),
    },
    published: async () => queues.peek(arn).map(({ body }) => readQueuedWebhookEvent(body).event),
    fail: () => {
      target = `${url}-that-is-not-there`;
    },
  };
});

messageRepetitionContract('the fake', async () => {
  const repetition = new InMemoryMessageRepetition();
  return {
    repetition,
    receive: async (messages) => Array.from({ length: messages }, (_, index) => `handle-${index}`),
    visible: async () =>
      repetition.postponed
        .filter(({ inSeconds }) => inSeconds === 0)
        .map(({ receiptHandle }) => receiptHandle),
    expire: () => {
      repetition.failure = new Error('a handle is not valid');
    },
  };
});

messageRepetitionContract('on SQS', async () => {
  const { client, url, queues, arn } = await startQueue();
  const given = new Map<string, string>();
  const receive = async () => await queues.receive(arn, { max: 10, waitInMilliseconds: 0 });
  return {
    repetition: new SqsMessageRepetition(client, new VirtualClock(), url),
    receive: async (messages) => {
      for (let index = 0; index < messages; index += 1) queues.send(arn, { body: String(index) });
      while (given.size < messages) {
        for (const { messageId, receiptHandle } of await receive()) given.set(messageId, receiptHandle);
      }
      return [...given.values()];
    },
    visible: async () => {
      const ids: string[] = [];
      for (let got = await receive(); got.length > 0; got = await receive()) {
        ids.push(...got.map(({ messageId }) => messageId));
      }
      return ids.map((id) => given.get(id) ?? '');
    },
    expire: (receiptHandle) => queues.delete(arn, receiptHandle),
  };
});

webhookSenderContract('the fake', async () => {
  const endpoints = new FakeWebhookEndpoints();
  return {
    sender: endpoints,
    url: 'https://api.example/webhooks',
    answer: (status) => endpoints.answer('https://api.example/webhooks', status),
    received: () => endpoints.requests,
  };
});

webhookSenderContract('over HTTP', async () => {
  let answered: number | undefined = 200;
  const server = await startAwsStandIn(() => (answered === undefined ? 'drop' : { status: answered }));
  onTestFinished(() => server.stop());
  return {
    sender: new HttpWebhookSender(),
    url: `${server.endpoint}/webhooks`,
    answer: (status) => {
      answered = status;
    },
    received: () => server.requests,
  };
});
