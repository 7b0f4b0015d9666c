import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { type Answer, readAnswer } from './answer.ts';
import type { Stage } from './stage.ts';

export interface SocketOptions {
  readonly requestTimeoutInMilliseconds: number;
  /** Certificates to trust instead of the well-known ones, as PEM. */
  readonly certificateAuthority?: string;
}

/** What TLS remembers of a stage, so that its next socket needs no full handshake. */
export interface TlsMemory {
  session?: Buffer;
}

interface Exchange {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

const NOTHING: Buffer = Buffer.alloc(0);

/** One socket to the stage: one request at a time, as many as the other side lets follow each other. */
export class KeptSocket {
  readonly #socket: Socket;
  readonly #deadline: NodeJS.Timeout;
  #isOpen = true;
  #answers = 0;
  #exchange: Exchange | undefined;
  #received = NOTHING;

  constructor(stage: Stage, options: SocketOptions, tls: TlsMemory = {}) {
    this.#socket = stage.isSecure ? secureSocket(stage, options, tls) : connect(stage.port, stage.hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (bytes) => this.#receive(bytes));
    this.#socket.on('end', () => this.#end());
    this.#socket.on('error', (error) => this.#fail(error));
    // One timer for all requests of the socket: to start it anew costs next to nothing.
    this.#deadline = setTimeout(() => this.#expire(), options.requestTimeoutInMilliseconds).unref();
  }

  /** Whether another request may be sent. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the other side has answered on this socket before, and not a byte of the latest request. */
  get isStale(): boolean {
    return this.#answers > 0 && this.#received.length === 0;
  }

  /**
   * Sends a request and resolves to its answer. Rejects when there is none in time (`TimeoutError`), when the socket breaks (an error
   * with a `code`, as Node has it) and with `WrongAnswer`; it is not open any more then.
   */
  send(head: string, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#exchange = { resolve, reject };
      this.#received = NOTHING;
      this.#deadline.refresh();
      // In one piece: two of them cost more to hand over than their bytes to copy.
      const request = Buffer.allocUnsafe(head.length + body.length);
      request.write(head, 'latin1');
      request.set(body, head.length);
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#deadline);
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    // What nobody has asked for is not to be taken for the answer to the next request.
    if (this.#exchange === undefined) {
      this.close();
      return;
    }
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    this.#settle(false);
  }

  #end(): void {
    if (this.#exchange !== undefined) this.#settle(true);
    this.#fail(closedByOther());
  }

  #settle(isEnded: boolean): void {
    try {
      const answer = readAnswer(this.#received, isEnded);
      if (answer === undefined) return;
      const exchange = this.#exchange;
      this.#exchange = undefined;
      this.#answers += 1;
      if (!answer.keepsSocket) this.close();
      exchange?.resolve(answer);
    } catch (error) {
      this.#fail(error);
    }
  }

  #expire(): void {
    if (this.#exchange === undefined) return;
    this.#fail(Object.assign(new Error('API Gateway did not answer in time.'), { name: 'TimeoutError' }));
  }

  #fail(error: unknown): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.close();
    exchange?.reject(error);
  }
}

function secureSocket({ hostname, port }: Stage, options: SocketOptions, tls: TlsMemory): Socket {
  const { certificateAuthority: ca } = options;
  const socket = connectSecurely({
    host: hostname,
    port,
    servername: hostname,
    ...(ca !== undefined && { ca }),
    ...(tls.session !== undefined && { session: tls.session }),
  });
  socket.on('session', (session) => {
    tls.session = session;
  });
  return socket;
}

function closedByOther(): Error {
  return Object.assign(new Error('The other side closed the socket before its answer was whole.'), {
    code: 'ECONNRESET',
  });
}
