import { ulid } from 'ulid';
import { payment } from '../../test/setup/payment.ts';
import { notificationTable } from '../notifications.ts';
import type { MeasuredDeployment } from './measured-deployment.ts';
import { PusherSocket } from './pusher-socket.ts';

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
  const secret = output('AppSecret');
  const origin = world.edge.origin?.replace('http', 'ws');
  const table = notificationTable(output);
  return {
    connect: (protocols) =>
      protocols
        ? PusherSocket.open(output('WebSocketUrl'), protocols)
        : PusherSocket.open(`${origin}/app/${key}?protocol=7`),
    subscribe: (socket, channel, member) => socket.subscribe(channel, { key, secret }, member),
    async notify(channel, listeners) {
      const id = ulid();
      const received = Promise.all(listeners.map((listener) => listener.frameWith(id)));
      await table.put({ channel, id, event: 'notification.created', data: payment(12, { row: id }) });
      await received;
    },
    stop: () => table.stop(),
  };
}
