import type { WebSocket } from 'ws';
import type { LocalLimits } from '../../local-limits.ts';
import type { StageThrottle } from '../throttle.ts';
import type { ConnectionFacts } from './events.ts';

/** How a connection ended, as its `$disconnect` event says it. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** An established WebSocket. */
export interface Connection {
  readonly facts: ConnectionFacts;
  readonly stageThrottle: StageThrottle;
  /** `performance.now()` from which posts reach it. */
  readonly postableFrom: number;
  /** Epoch milliseconds of the last data message in either direction. */
  readonly lastActiveAt: () => number;
  /** Sends a text message; false when the client has left too much unread. */
  send(text: Buffer | string): boolean;
  /** Closes it from the gateway's side; what the client still sends is ignored. */
  close(closing: Closing): void;
  /** Ends it without any ceremony, for the end of the execution. */
  drop(): void;
}

export interface ConnectionEvents {
  message(body: string): void;
  /** Once, and never after {@link Connection.drop}. */
  closed(closing: Closing): void;
}

/** How long a client may take to answer a close frame before its socket is cut. */
const CLOSE_GRACE_MILLISECONDS = 5_000;

/**
 * Watches over a WebSocket as API Gateway does: binary frames close it with 1003; ten minutes without a data message
 * in either direction, or two hours in any case, with 1001; frames and messages that are too long with 1009.
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html;
 * code and reason of the time limits are those that other emulators use.
 */
export function superviseConnection(
  socket: WebSocket,
  facts: ConnectionFacts,
  stageThrottle: StageThrottle,
  limits: LocalLimits,
  events: ConnectionEvents,
): Connection {
  let lastActiveAt = Date.now();
  let ended = false;
  let libraryClosing: Closing | undefined;
  const duration = setTimeout(() => close(goingAway), limits.connectionDuration).unref();
  let idle = setTimeout(checkIdle, limits.idleTimeout).unref();

  /** One timer for many messages: it looks again when it fires. */
  function checkIdle(): void {
    const left = lastActiveAt + limits.idleTimeout - Date.now();
    if (left <= 0) close(goingAway);
    else idle = setTimeout(checkIdle, left).unref();
  }

  function end(closing: Closing | undefined): void {
    if (ended) return;
    ended = true;
    clearTimeout(duration);
    clearTimeout(idle);
    if (closing) events.closed(closing);
  }

  function close(closing: Closing): void {
    if (ended) return;
    socket.close(closing.code, closing.reason);
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MILLISECONDS).unref();
    end(closing);
  }

  function send(text: Buffer | string): boolean {
    if (ended) return true;
    if (socket.bufferedAmount > limits.clientBufferBytes) return false;
    lastActiveAt = Date.now();
    sendInFrames(socket, text, limits.maxFrameBytes);
    return true;
  }

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (ended) return;
    lastActiveAt = Date.now();
    if (isBinary) close({ code: 1003, reason: '' });
    else events.message(data.toString());
  });
  socket.on('error', (failure: NodeJS.ErrnoException) => {
    libraryClosing = { code: closeCodes[failure.code ?? ''] ?? 1006, reason: '' };
  });
  socket.on('close', (code, reason) => end(libraryClosing ?? closedByClient(code, reason.toString())));

  return {
    facts,
    stageThrottle,
    postableFrom: performance.now() + limits.establishDelay,
    lastActiveAt: () => lastActiveAt,
    send,
    close,
    drop() {
      end(undefined);
      socket.terminate();
    },
  };
}

const goingAway: Closing = { code: 1001, reason: 'Going away' };

/** What the library closes with when a client breaks the protocol. */
const closeCodes: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_EXPECTED_FIN: 1002,
  WS_ERR_EXPECTED_MASK: 1002,
  WS_ERR_INVALID_CLOSE_CODE: 1002,
  WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH: 1002,
  WS_ERR_INVALID_OPCODE: 1002,
  WS_ERR_UNEXPECTED_RSV_1: 1002,
  WS_ERR_UNEXPECTED_RSV_2_3: 1002,
};

function closedByClient(code: number, reason: string): Closing {
  return code === 1005 ? { code, reason: 'Client-side close frame status not set' } : { code, reason };
}

/** Messages up to 128 KB may be posted, but no frame is longer than 32 KB. */
function sendInFrames(socket: WebSocket, text: Buffer | string, maxFrameBytes: number): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  let offset = 0;
  do {
    const next = offset + maxFrameBytes;
    socket.send(bytes.subarray(offset, next), { binary: false, fin: next >= bytes.length });
    offset = next;
  } while (offset < bytes.length);
}
