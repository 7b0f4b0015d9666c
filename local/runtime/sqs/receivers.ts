import type { ReceivedMessage, ReceiveOptions } from '../queues.ts';

interface Receiver {
  readonly options: ReceiveOptions;
  settle(messages: readonly ReceivedMessage[]): void;
}

/** Who waits at a queue (long polls, event source mappings), served in order of arrival. */
export class Receivers {
  readonly #waiting = new Set<Receiver>();
  readonly #take: (options: ReceiveOptions) => readonly ReceivedMessage[];
  #wakes = false;

  constructor(take: (options: ReceiveOptions) => readonly ReceivedMessage[]) {
    this.#take = take;
  }

  /** Resolves with what becomes visible, or empty: after its wait, on its signal, or when the queue closes. */
  wait(options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    return new Promise((resolve) => {
      const giveUp = () => receiver.settle([]);
      const timer = setTimeout(giveUp, options.waitInMilliseconds).unref();
      const receiver: Receiver = {
        options,
        settle: (messages) => {
          clearTimeout(timer);
          options.signal?.removeEventListener('abort', giveUp);
          this.#waiting.delete(receiver);
          resolve(messages);
        },
      };
      options.signal?.addEventListener('abort', giveUp);
      this.#waiting.add(receiver);
    });
  }

  /** Something may have become visible. A moment later, so that what is sent together is received together. */
  wake(): void {
    if (this.#wakes) return;
    this.#wakes = true;
    queueMicrotask(() => {
      this.#wakes = false;
      for (const receiver of this.#waiting) {
        const messages = this.#take(receiver.options);
        if (messages.length === 0) return;
        receiver.settle(messages);
      }
    });
  }

  sendAway(): void {
    for (const receiver of this.#waiting) receiver.settle([]);
  }
}
