import type { Lineup } from './lineup.ts';
import type { StoredMessage } from './stored-message.ts';

interface Group {
  /** In order of arrival. */
  readonly messages: Set<StoredMessage>;
  readonly inFlight: Set<StoredMessage>;
}

/**
 * Strict order within a message group: while one of its messages is in flight nobody gets another, and a message that
 * is not yet visible holds back those behind it. A receive takes as many of one group as it can.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export class FifoLineup implements Lineup {
  readonly #groups = new Map<string, Group>();

  enter(message: StoredMessage): void {
    const id = groupOf(message);
    const group = this.#groups.get(id) ?? { messages: new Set(), inFlight: new Set() };
    this.#groups.set(id, group);
    group.messages.add(message);
    this.changed(message);
  }

  leave(message: StoredMessage): void {
    const id = groupOf(message);
    const group = this.#groups.get(id);
    group?.messages.delete(message);
    group?.inFlight.delete(message);
    if (group?.messages.size === 0) this.#groups.delete(id);
  }

  changed(message: StoredMessage): void {
    const group = this.#groups.get(groupOf(message));
    if (message.state === 'in-flight') group?.inFlight.add(message);
    else group?.inFlight.delete(message);
  }

  *candidates(): Iterable<StoredMessage> {
    for (const [id, group] of [...this.#groups]) {
      if (group.inFlight.size > 0) continue;
      let served = false;
      try {
        for (const message of group.messages) {
          if (message.state !== 'visible') break;
          served = true;
          yield message;
        }
      } finally {
        // A group that was served goes behind the others, or a busy one would starve them.
        if (served && this.#groups.delete(id)) this.#groups.set(id, group);
      }
    }
  }
}

function groupOf(message: StoredMessage): string {
  return message.groupId ?? '';
}
