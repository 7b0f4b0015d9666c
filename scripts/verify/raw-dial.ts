import { WebSocket } from 'ws';

/** A frame as it is on the wire, and when it came. */
export interface TimedFrame {
  readonly event: string;
  readonly data: unknown;
  readonly channel: string | undefined;
  /** Milliseconds since dialling. */
  readonly after: number;
}

/** The server answered the handshake with an HTTP status. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

/** A WebSocket that is read frame by frame. */
export interface RawConnection {
  /** The next frame; rejects with a `TimeoutError` when none comes in time, and when the socket closes instead. */
  nextFrame(timeoutInMs: number): Promise<TimedFrame>;
  send(frame: { readonly event: string; readonly data: unknown }): void;
  close(): void;
}

/** Dials; rejects with {@link HandshakeRefused} or with Node's network error. */
export function dialRaw(url: string, subprotocols: readonly string[] = []): Promise<RawConnection> {
  const began = performance.now();
  const socket = new WebSocket(url, [...subprotocols], { handshakeTimeout: 10_000 });
  const frames: TimedFrame[] = [];
  let wake = (): void => {};
  let closed = false;
  socket.on('message', (bytes) => {
    frames.push({ ...parseFrame(String(bytes)), after: Math.round(performance.now() - began) });
    wake();
  });
  socket.on('close', () => {
    closed = true;
    wake();
  });

  const nextFrame = async (timeoutInMs: number): Promise<TimedFrame> => {
    const deadline = AbortSignal.timeout(timeoutInMs);
    for (;;) {
      const frame = frames.shift();
      if (frame !== undefined) return frame;
      if (closed) throw new Error('the connection was closed without a frame');
      deadline.throwIfAborted();
      await new Promise<void>((resolve) => {
        wake = resolve;
        deadline.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () =>
      resolve({
        nextFrame,
        send: (frame) => socket.send(JSON.stringify(frame)),
        close: () => socket.close(),
      }),
    );
    socket.once('unexpected-response', (_request, response) => {
      reject(new HandshakeRefused(response.statusCode ?? 0));
      socket.terminate();
    });
    socket.on('error', reject);
  });
}

/** What is not a frame of the protocol comes back without an event, whole. */
function parseFrame(text: string): Omit<TimedFrame, 'after'> {
  try {
    const { event, data, channel } = JSON.parse(text);
    return { event: String(event), data: typeof data === 'string' ? JSON.parse(data) : data, channel };
  } catch {
    return { event: '', data: text, channel: undefined };
  }
}
