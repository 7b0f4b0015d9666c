import type { Clock } from '../../ports/clock.ts';
import type { Answer } from './answer.ts';
import { KeptSocket, type SocketOptions, type TlsMemory } from './kept-socket.ts';
import { isNetworkFailure } from './post-outcome.ts';
import type { Stage } from './stage.ts';

/**
 * A socket that has been idle for longer is not used again. A function is frozen between two invocations, and what happens to its
 * sockets meanwhile it does not see; what lies between the two ends forgets an idle connection after some minutes without a word, and
 * a request on it would wait for an answer in vain.
 */
export const LONGEST_IDLE_IN_MILLISECONDS = 60_000;

interface IdleSocket {
  readonly socket: KeptSocket;
  /** Epoch milliseconds: the clock of timers may stand still while a function is frozen, this one does not. */
  readonly since: number;
}

/** Sockets to the stage, kept alive from request to request and from invocation to invocation. Who asks sees to how many. */
export class SocketPool {
  readonly #stage: Stage;
  readonly #clock: Clock;
  readonly #options: SocketOptions;
  readonly #tls: TlsMemory = {};
  /** The one that was used last is the last, and used next. */
  #idle: IdleSocket[] = [];

  constructor(stage: Stage, clock: Clock, options: SocketOptions) {
    this.#stage = stage;
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * Sends a request and resolves to its answer; rejects as {@link KeptSocket.send}. A kept socket that turns out to be closed before
   * there was a byte of an answer is no attempt: the request is sent once more, at once, on a new one. Perhaps the first was
   * served after all, and its answer lost: then a frame is seen twice, as after any other post that is repeated.
   */
  async send(head: string, body: Buffer): Promise<Answer> {
    const kept = this.#takeIdle();
    if (kept === undefined) return await this.#sendOn(this.#open(), head, body);
    try {
      return await this.#sendOn(kept, head, body);
    } catch (error) {
      if (!kept.isStale || !isNetworkFailure(error) || isTimeout(error)) throw error;
      return await this.#sendOn(this.#open(), head, body);
    }
  }

  async #sendOn(socket: KeptSocket, head: string, body: Buffer): Promise<Answer> {
    const answer = await socket.send(head, body);
    this.#idle.push({ socket, since: this.#clock.now() });
    return answer;
  }

  #open(): KeptSocket {
    return new KeptSocket(this.#stage, this.#options, this.#tls);
  }

  #takeIdle(): KeptSocket | undefined {
    const usedSince = this.#clock.now() - LONGEST_IDLE_IN_MILLISECONDS;
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.since >= usedSince && idle.socket.isOpen) return idle.socket;
      idle.socket.close();
    }
    return undefined;
  }
}

function isTimeout(error: unknown): boolean {
  return (error as { name?: string }).name === 'TimeoutError';
}
