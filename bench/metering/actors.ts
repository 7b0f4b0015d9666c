import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import type { MeasuredDeployment } from './measured-deployment.ts';
import { PusherSocket, signer } from './pusher-socket.ts';

/** Those who use a deployment, one step at a time. Each step resolves when whoever took it would call it done. */
export interface Actors {
  /** With an app key, or with the subprotocols that carry a token. */
  connect(protocols?: string[]): Promise<PusherSocket>;
  subscribe(client: PusherSocket, channel: string, member?: string): Promise<void>;
  /** Writes a row; resolves when it has come to all of them. */
  notify(channel: string, listeners: readonly PusherSocket[]): Promise<void>;
  stop(): void;
}

export function createActors({ world, output }: MeasuredDeployment): Actors {
  const key = output('AppKey');
  const sign = signer(key, output('AppSecret'));
  const origin = world.edge.origin?.replace('http', 'ws');
  const client = new DynamoDBClient({
    endpoint: output('DynamoDbEndpoint'),
    region: output('Region'),
    credentials: { accessKeyId: output('AccessKeyId'), secretAccessKey: output('SecretAccessKey') },
  });
  const table = DynamoDBDocumentClient.from(client);
  return {
    connect: (protocols) =>
      protocols
        ? PusherSocket.open(output('WebSocketUrl'), protocols)
        : PusherSocket.open(`${origin}/app/${key}?protocol=7`),
    subscribe: (socket, channel, member) => socket.subscribe(channel, sign, member),
    async notify(channel, listeners) {
      const id = ulid();
      const received = Promise.all(listeners.map((listener) => listener.frameWith(id)));
      const Item = { channel, id, event: 'notification.created', data: { ...PAYMENT, row: id } };
      await table.send(new PutCommand({ TableName: output('NotificationsTable'), Item }));
      await received;
    },
    stop: () => client.destroy(),
  };
}

/** What a payments notifier tells its users, field by field. */
const PAYMENT = {
  id: 901,
  user_id: 7,
  commerce_id: 12,
  device_id: 3,
  source_app: 'yape',
  package_name: 'com.bcp.innovacxion.yapeapp',
  app_instance_id: 'a1b2c3',
  title: 'Confirmación de Pago',
  body: 'Juan Pérez te envió un pago por S/ 150.50',
  amount: 150.5,
  currency: 'PEN',
  payer_name: 'Juan Pérez',
  posted_at: '2026-11-24T10:15:00Z',
  received_at: '2026-11-24T10:15:01Z',
  status: 'pending',
  is_duplicate: false,
  created_at: '2026-11-24T10:15:01Z',
};
