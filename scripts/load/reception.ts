import type { LoadNotification, Reception } from './client-messages.ts';

/** Counts what the clients of a process get, each notification of each client once. */
export class ReceptionCount {
  readonly #channels: readonly string[];
  /** By client, and in it by number. */
  readonly #seen: readonly Set<number>[];
  readonly #milliseconds: number[] = [];
  #received = 0;
  #repeated = 0;
  #lostConnections = 0;
  #wake = (): void => {};

  /** @param channels of each client */
  constructor(channels: readonly string[]) {
    this.#channels = channels;
    this.#seen = channels.map(() => new Set());
  }

  count(client: number, { number, at, first }: LoadNotification, receivedAt: number): void {
    const seen = this.#seen[client];
    if (!seen || seen.has(number)) {
      this.#repeated += 1;
      return;
    }
    seen.add(number);
    this.#received += 1;
    if (!first) this.#milliseconds.push(receivedAt - at);
    this.#wake();
  }

  lose(): void {
    this.#lostConnections += 1;
  }

  /** @param expected by channel: how many were written to it */
  async complete(expected: ReadonlyMap<string, number>, milliseconds: number): Promise<Reception> {
    const total = this.#channels.reduce((sum, channel) => sum + (expected.get(channel) ?? 0), 0);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        if (this.#received < total) return;
        clearTimeout(timer);
        resolve();
      };
      this.#wake();
    });
    return {
      received: this.#received,
      repeated: this.#repeated,
      lostConnections: this.#lostConnections,
      milliseconds: Float64Array.from(this.#milliseconds),
    };
  }
}
