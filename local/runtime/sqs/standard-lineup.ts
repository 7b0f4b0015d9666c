import type { Lineup } from './lineup.ts';
import type { StoredMessage } from './stored-message.ts';

/** Whatever is visible, in the order in which it became so. SQS promises less: best-effort ordering. */
export class StandardLineup implements Lineup {
  readonly #visible = new Set<StoredMessage>();

  enter(message: StoredMessage): void {
    this.changed(message);
  }

  leave(message: StoredMessage): void {
    this.#visible.delete(message);
  }

  changed(message: StoredMessage): void {
    if (message.state === 'visible') this.#visible.add(message);
    else this.#visible.delete(message);
  }

  candidates(): Iterable<StoredMessage> {
    return this.#visible;
  }
}
