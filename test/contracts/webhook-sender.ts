import { describe, expect, it } from 'vitest';
import type { WebhookSender } from '../../lambdas/ports/webhook-sender.ts';
import { webhookRequest } from '../../lambdas/protocol/webhook-request.ts';
import { everyWebhookEvent } from './webhook-queue.ts';

export interface WebhookSenderWorld {
  readonly sender: WebhookSender;
  readonly url: string;
  /** What the endpoint answers from now on; undefined: it does not. */
  answer(status: number | undefined): void;
  received(): readonly { readonly body: string }[];
}

const request = webhookRequest(
  everyWebhookEvent.map((event) => ({ at: 1_764_000_000_000, event })),
  { appKey: 'key', secret: 'secret' },
);

export function webhookSenderContract(name: string, setUp: () => Promise<WebhookSenderWorld>): void {
  describe(`a webhook sender: ${name}`, () => {
    it.each([200, 201, 204, 299])('has delivered what is answered with %i', async (status) => {
      const { sender, url, answer, received } = await setUp();
      answer(status);
      expect(await sender.send({ url }, request)).toEqual({ outcome: 'delivered' });
      expect(received().map(({ body }) => body)).toEqual([request.body]);
    });

    it.each([301, 400, 404, 408, 410, 429, 500, 503])(
      'was refused with %i, and does not ask again',
      async (status) => {
        const { sender, url, answer, received } = await setUp();
        answer(status);
        expect(await sender.send({ url }, request)).toEqual({ outcome: 'refused', status });
        expect(received()).toHaveLength(1);
      },
    );

    it('has reached nobody where there is no answer', async () => {
      const { sender, url, answer } = await setUp();
      answer(undefined);
      expect(await sender.send({ url }, request)).toEqual({
        outcome: 'unreachable',
        reason: expect.any(String),
      });
    });
  });
}
