import { type Input, inputList, requiredString } from './request-input.ts';
import { SqsError } from './sqs-error.ts';

const MAX_ENTRIES = 10;
const entryId = /^[\w-]{1,80}$/;

/** Entries of a batch, checked as a whole: one mistake here refuses all of them. */
export function batchEntries(input: Input): readonly Input[] {
  const entries = inputList(input, 'Entries');
  if (entries.length === 0) {
    throw new SqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > MAX_ENTRIES) {
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const entry of entries) {
    const id = requiredString(entry, 'Id');
    if (!entryId.test(id)) {
      throw new SqsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.has(id)) throw new SqsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    ids.add(id);
  }
  return entries;
}

/** Every entry succeeds or fails on its own; the answer is 200 in any case. */
export function answerBatch(entries: readonly Input[], answer: (entry: Input) => object): object {
  const successful: object[] = [];
  const failed: object[] = [];
  for (const entry of entries) {
    const id = requiredString(entry, 'Id');
    try {
      successful.push({ Id: id, ...answer(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      failed.push({ Id: id, SenderFault: error.senderFault, Code: error.queryCode, Message: error.message });
    }
  }
  return { Successful: successful, Failed: failed };
}
