import { afterEach, describe, expect, it, vi } from 'vitest';
import { SqsWebhookQueue } from '../../../lambdas/adapters/sqs/webhook-queue.ts';
import { composeWebhookQueue } from '../../../lambdas/composition/webhook-queue.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('whoever has webhooks to publish', () => {
  it('publishes to nobody where no endpoint is configured, and needs no queue', async () => {
    vi.stubEnv('WEBHOOKS', '[]');
    const queue = composeWebhookQueue();
    expect(queue).not.toBeInstanceOf(SqsWebhookQueue);
    await expect(queue.publish([{ name: 'cache_miss', channel: 'cache-a' }])).resolves.toBeUndefined();
  });

  it('publishes to the queue where there are endpoints', () => {
    vi.stubEnv('WEBHOOKS', '[{"url":"https://api.example/webhooks"}]');
    vi.stubEnv('WEBHOOK_QUEUE_URL', 'https://sqs.us-east-1.amazonaws.com/000000000000/webhook');
    expect(composeWebhookQueue()).toBeInstanceOf(SqsWebhookQueue);
  });

  it('does not start without the queue its endpoints need', () => {
    vi.stubEnv('WEBHOOKS', '[{"url":"https://api.example/webhooks"}]');
    vi.stubEnv('WEBHOOK_QUEUE_URL', undefined);
    expect(() => composeWebhookQueue()).toThrow('The environment variable WEBHOOK_QUEUE_URL is not set');
  });

  it('does not start without knowing', () => {
    vi.stubEnv('WEBHOOKS', undefined);
    expect(() => composeWebhookQueue()).toThrow('The environment variable WEBHOOKS is not set');
  });
});
