import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { readQueuedWebhookEvent, SqsWebhookQueue } from '../../lambdas/adapters/sqs/webhook-queue.ts';
import { InMemoryWebhookQueue } from '../fakes/in-memory-webhook-queue.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { queueArn, queueDefinition, queueWorld, region } from '../local/setup/queue-world.ts';
import { webhookQueueContract } from './webhook-queue.ts';

webhookQueueContract('the fake', async () => {
  const queue = new InMemoryWebhookQueue();
  return { queue, published: async () => queue.events, fail: () => queue.failNext() };
});

webhookQueueContract('on SQS', async () => {
  const { world } = await queueWorld();
  let url = world.queues.create(queueDefinition('webhook'));
  const client = new SQSClient({
    region,
    endpoint: world.door.origin,
    credentials: world.iam.issueKey({ name: 'operator', roleArn: 'operator' }),
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  const endpoints = [{ url: 'https://api.example/webhooks' }];
  return {
    queue: {
      publish: (events) => new SqsWebhookQueue(client, new VirtualClock(), url, endpoints).publish(events),
    },
    published: async () =>
      world.queues.peek(queueArn('webhook')).map(({ body }) => readQueuedWebhookEvent(body).event),
    fail: () => {
      url = url.replace(/webhook$/, 'gone');
    },
  };
});
