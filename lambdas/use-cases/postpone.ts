import type { Logger } from '../ports/logger.ts';
import type { MessageRepetition } from '../ports/queues.ts';

export type Postponed = Parameters<MessageRepetition['postpone']>[0];

/** Lets messages that failed come again when they should. Where that cannot be said they come all the same, when the time of their queue is over. */
export const postpone =
  (deps: { readonly repetition: MessageRepetition; readonly logger: Logger }) =>
  async (messages: Postponed, event: string): Promise<void> => {
    if (messages.length === 0) return;
    try {
      await deps.repetition.postpone(messages);
    } catch (error) {
      deps.logger.warn(event, { messages: messages.length, reason: String(error) });
    }
  };
