import { vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';

/** A frame as a client reads it. */
export interface Frame {
  readonly event?: string;
  readonly channel?: string;
  readonly data?: unknown;
  readonly [member: string]: unknown;
}

/** A WebSocket without any Pusher library, to see exactly what is on the wire. */
export class RawClient {
  readonly frames: Frame[] = [];
  readonly texts: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  private readonly socket: WebSocket;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const text = String(data);
      this.texts.push(text);
      this.frames.push(JSON.parse(text));
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    socket.on('error', () => {});
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || frame instanceof Buffer ? frame : JSON.stringify(frame));
  }

  /** The first frame of that event, waited for. */
  received(event: string, matches: (frame: Frame) => boolean = () => true): Promise<Frame> {
    return waitFor(
      () => this.frames.find((frame) => frame.event === event && matches(frame)),
      () => `no ${event}; received: ${this.texts.join(' ') || 'nothing'}`,
    );
  }

  /** The socket id of the greeting, waited for. */
  async socketId(): Promise<string> {
    const greeting = await this.received('pusher:connection_established');
    return JSON.parse(greeting.data as string).socket_id;
  }

  closing(): Promise<{ readonly code: number; readonly reason: string }> {
    return waitFor(
      () => this.closed,
      () => `still open; received: ${this.texts.join(' ') || 'nothing'}`,
    );
  }

  close(code = 1000): void {
    this.socket.close(code);
  }

  /** Vanishes without a close frame. */
  terminate(): void {
    this.socket.terminate();
  }
}

/** Dials and waits for the handshake; rejects with `Unexpected server response: N` when it is refused. */
export function dial(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, options);
    const client = new RawClient(socket);
    socket.once('open', () => resolve(client));
    socket.once('error', reject);
  });
}

/** Not `expect.poll`, which does not work in hooks. */
function waitFor<T>(find: () => T | undefined, complaint: () => string): Promise<T> {
  return vi.waitFor(
    () => {
      const found = find();
      if (found === undefined) throw new Error(complaint());
      return found;
    },
    { interval: 10 },
  );
}
