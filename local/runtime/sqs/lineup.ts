import type { StoredMessage } from './stored-message.ts';

/** In which order a queue gives its messages out, and which it holds back. */
export interface Lineup {
  /** Takes a message in, behind all others. */
  enter(message: StoredMessage): void;
  leave(message: StoredMessage): void;
  /** Has to be told whenever a message's `state` has changed. */
  changed(message: StoredMessage): void;
  /** Messages that a receiver may have now, best first; each may leave before the next is asked for. */
  candidates(): Iterable<StoredMessage>;
}
