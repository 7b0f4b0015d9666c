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
  /** Those of which a receiver may have messages, so that nobody has to look at all others: a queue may have one for each connection. */
  readonly #ready = new Set<Group>();

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
    if (!group) return;
    group.messages.delete(message);
    group.inFlight.delete(message);
    if (group.messages.size === 0) this.#groups.delete(id);
    this.#look(group);
  }

  changed(message: StoredMessage): void {
    const group = this.#groups.get(groupOf(message));
    if (!group) return;
    if (message.state === 'in-flight') group.inFlight.add(message);
    else group.inFlight.delete(message);
    this.#look(group);
  }

  *candidates(): Iterable<StoredMessage> {
    for (const group of this.#ready) {
      for (const message of group.messages) {
        if (message.state !== 'visible') break;
        yield message;
      }
    }
  }

  /** A group that was served comes back behind the others, or a busy one would starve them. */
  #look(group: Group): void {
    if (group.inFlight.size === 0 && firstOf(group)?.state === 'visible') this.#ready.add(group);
    else this.#ready.delete(group);
  }
}

function firstOf({ messages }: Group): StoredMessage | undefined {
  const [first] = messages;
  return first;
}

function groupOf(message: StoredMessage): string {
  return message.groupId ?? '';
}
