import { WebSocket } from 'ws';
import { signSubscription } from '../../lambdas/protocol/subscription-auth.ts';

/** The least of a Pusher client that measurements need. */
export class PusherSocket {
  readonly socket: WebSocket;
  readonly #heard: ((text: string) => void)[] = [];
  #socketId = '';

  private constructor(socket: WebSocket) {
    this.socket = socket;
    // Every frame waited for listens for the end as well.
    socket.setMaxListeners(0);
    socket.on('message', (data) => {
      const text = String(data);
      for (const hear of [...this.#heard]) hear(text);
    });
    // Whoever waits for a frame hears of it by not getting one.
    socket.on('error', () => {});
  }

  /** Resolves when it is greeted. */
  static async open(url: string, protocols: string[] = []): Promise<PusherSocket> {
    const client = new PusherSocket(new WebSocket(url, protocols));
    const greeting = await client.frameWith('pusher:connection_established');
    client.#socketId = JSON.parse(JSON.parse(greeting).data).socket_id;
    return client;
  }

  get socketId(): string {
    return this.#socketId;
  }

  send(event: string, data: unknown, channel?: string): void {
    this.socket.send(JSON.stringify({ event, data, ...(channel !== undefined && { channel }) }));
  }

  /** Resolves when it is subscribed; `app` for channels that need a signature. */
  async subscribe(
    channel: string,
    app?: { readonly key: string; readonly secret: string },
    member?: string,
  ): Promise<void> {
    const succeeded = this.frameWith('subscription_succeeded');
    const subscription = {
      socketId: this.#socketId,
      channel,
      ...(member !== undefined && { channelData: member }),
    };
    this.send('pusher:subscribe', {
      channel,
      ...(app && { auth: signSubscription(app.key, app.secret, subscription) }),
      ...(member !== undefined && { channel_data: member }),
    });
    await succeeded;
  }

  /** Resolves with the next frame that contains the text. */
  frameWith(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const close = (): void =>
        reject(new Error(`The socket was closed before a frame with "${text}" came.`));
      const hear = (frame: string): void => {
        if (!frame.includes(text)) return;
        this.#heard.splice(this.#heard.indexOf(hear), 1);
        this.socket.off('close', close);
        resolve(frame);
      };
      this.#heard.push(hear);
      this.socket.once('close', close);
    });
  }

  /** Resolves when somebody has closed it. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState === WebSocket.CLOSED) resolve();
      else this.socket.once('close', () => resolve());
    });
  }

  close(): Promise<void> {
    this.socket.close();
    return this.closed();
  }
}
