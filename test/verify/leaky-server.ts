import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Deployment } from '../../scripts/verify/deployment.ts';
import { demoIssuer } from '../setup/demo-issuer.ts';

export interface LeakyServer {
  readonly deployment: Deployment;
  stop(): void;
}

/**
 * A deployment without any tenancy: it greets whoever dials, accepts every signature and token, and sends every row to
 * everybody. On one port it is the edge and the table.
 */
export async function startLeakyServer(): Promise<LeakyServer> {
  const server = createServer(answer);
  const sockets = new WebSocketServer({ server });
  let nextId = 1;

  sockets.on('connection', (socket: WebSocket) => {
    const greeting = { socket_id: `1.${nextId}`, activity_timeout: 120 };
    nextId += 1;
    socket.send(frame('pusher:connection_established', greeting));
    socket.on('message', (text) => {
      const { event, data } = JSON.parse(String(text));
      if (event === 'pusher:subscribe')
        socket.send(frame('pusher_internal:subscription_succeeded', {}, data.channel));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (request.headers['x-amz-target']?.toString().endsWith('PutItem')) {
      const { channel, event, data } = JSON.parse(body).Item;
      broadcast(frame(event.S, { id: data.M.id.S }, channel.S));
    }
    if (request.url?.startsWith('/apps/')) {
      const { channels, name, data } = JSON.parse(body);
      broadcast(JSON.stringify({ event: name, data, channel: channels[0] }));
    }
    response.setHeader('Content-Type', 'application/json');
    response.end(request.url === '/up' ? '{"health":"OK"}' : '{}');
  }

  function broadcast(text: string): void {
    for (const socket of sockets.clients) socket.send(text);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    deployment: {
      url: new URL(origin),
      appId: 'app',
      appKey: 'key',
      appSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:app',
      notificationsTable: 'notifications',
      region: 'us-east-1',
      channelPattern: 'private-commerce.{tenant}',
      local: { endpoint: origin, accessKeyId: 'test', secretAccessKey: 'test', appSecret: 'secret' },
      issuer: demoIssuer(),
    },
    stop() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}

const frame = (event: string, data: object, channel?: string): string =>
  JSON.stringify({ event, data: JSON.stringify(data), channel });
