import { createServer } from 'node:http';
import type PusherServer from 'pusher';
import type { WebhookEvent } from '../../lambdas/protocol/webhook-event.ts';

export interface ReceivedWebhook {
  readonly rawBody: string;
  readonly headers: Record<string, string>;
  /** What it was answered. */
  readonly status: number;
}

/** An API that is told of webhooks: each path of it is an endpoint, which answers 200 unless it is told to fail. */
export interface WebhookReceiver {
  url(path: string): string;
  fail(path: string, status: number, times: number): void;
  requests(path: string): readonly ReceivedWebhook[];
  /** Events of the requests that were taken, in the order in which they came; throws when one is not signed as it should be. */
  events(path: string, server: PusherServer, channel: string): WebhookEvent[];
  stop(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received = new Map<string, ReceivedWebhook[]>();
  const failures = new Map<string, number[]>();
  const requests = (path: string): ReceivedWebhook[] => {
    const known = received.get(path) ?? [];
    received.set(path, known);
    return known;
  };
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const path = incoming.url ?? '/';
    const status = failures.get(path)?.shift() ?? 200;
    requests(path).push({
      rawBody: Buffer.concat(chunks).toString(),
      headers: incoming.headers as Record<string, string>,
      status,
    });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    fail: (path, status, times) =>
      failures.set(
        path,
        Array.from({ length: times }, () => status),
      ),
    requests,
    events: (path, pusher, channel) =>
      requests(path)
        .filter(({ status }) => status === 200)
        .flatMap((request) => {
          const webhook = pusher.webhook(request);
          if (!webhook.isValid()) throw new Error(`This webhook is not valid: ${request.rawBody}`);
          return webhook.getEvents() as unknown as WebhookEvent[];
        })
        .filter((event) => event.channel === channel),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
