import type { InvocationResult } from '../functions.ts';
import type { World } from '../world.ts';
import { Backoff } from './backoff.ts';
import { reportedFailures } from './batch-response.ts';
import type { StreamSettings } from './event-source-settings.ts';
import { type Discarded, failureRecord } from './failure-record.ts';
import { invokeBatch } from './invoke-batch.ts';
import type { BufferedRecord } from './stream-buffer.ts';

/** A batch, or what is left of it. */
interface Piece {
  readonly records: readonly BufferedRecord[];
  /** Failures that count against the retries. */
  readonly failures: number;
  readonly invocations: number;
  readonly lastResult: InvocationResult | undefined;
}

/**
 * Delivers one batch of a lane, and returns when every record of it was taken or discarded: until then the lane waits.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export async function deliverStreamBatch(
  world: World,
  settings: StreamSettings,
  shardId: string,
  batch: readonly BufferedRecord[],
  signal: AbortSignal,
): Promise<void> {
  const backoff = new Backoff(world.limits.timeScale);
  const pieces: Piece[] = [{ records: batch, failures: 0, invocations: 0, lastResult: undefined }];

  while (!signal.aborted) {
    const next = pieces.shift();
    if (next === undefined) return;
    const piece = withoutExpired(next);
    if (piece.records.length === 0) continue;

    const result = await invokeBatch(
      world,
      { functionArn: settings.functionArn, sourceArn: settings.streamArn },
      piece.records.map(({ record }) => record),
      signal,
    );
    if (result.outcome === 'throttled') {
      // The function was not called: no retry is used up, and age alone ends it.
      pieces.unshift(piece);
    } else {
      const invoked = { ...piece, invocations: piece.invocations + 1, lastResult: result };
      const checkpoint = firstFailure(result, invoked.records);
      if (checkpoint === undefined) {
        backoff.reset();
        continue;
      }
      log(`${outcomeOf(result)} from record ${checkpoint + 1} of ${invoked.records.length} on`);
      pieces.unshift(...retries(invoked, checkpoint));
    }
    if (pieces.length > 0) await backoff.wait(signal);
  }

  /** Index of the first record that was not taken; undefined when all were. */
  function firstFailure(result: InvocationResult, records: readonly BufferedRecord[]): number | undefined {
    if (result.outcome !== 'returned') return 0;
    const reported = settings.reportsItemFailures ? reportedFailures(result.payload) : [];
    if (reported === 'whole-batch') return 0;
    if (reported.length === 0) return undefined;
    const indexes = reported.map((id) =>
      records.findIndex(({ record }) => record.dynamodb.SequenceNumber === id),
    );
    // The lowest sequence number is the checkpoint; one that is not of this batch (-1) leaves none to go by.
    return Math.max(0, Math.min(...indexes));
  }

  /** What is to be invoked again, in order; discards what has used up its retries. */
  function retries(piece: Piece, checkpoint: number): Piece[] {
    const records = piece.records.slice(checkpoint);
    const isPartial = checkpoint > 0;
    // Splitting uses up no retry, be it in halves or at the checkpoint.
    if (settings.bisectsBatchOnError && isPartial) return [{ ...piece, records, failures: 0 }];
    if (settings.bisectsBatchOnError && records.length > 1) {
      const middle = Math.ceil(records.length / 2);
      return [
        { ...piece, records: records.slice(0, middle) },
        { ...piece, records: records.slice(middle) },
      ];
    }
    // Retries are those of the record that fails: one that has only now become the first has all of them left.
    const failed = { ...piece, records, failures: isPartial ? 1 : piece.failures + 1 };
    if (failed.failures <= settings.maximumRetryAttempts) return [failed];
    discard(failed, 'RetryAttemptsExhausted');
    return [];
  }

  /** An age is no wait, so that it does not shrink with the time scale: what merely stands in line is not to be lost. */
  function withoutExpired(piece: Piece): Piece {
    const oldest = Date.now() - settings.maximumRecordAgeInSeconds * 1000;
    const young = piece.records.findIndex(({ arrivedAt }) => arrivedAt >= oldest);
    const expired = young === -1 ? piece.records.length : young;
    if (expired === 0) return piece;
    discard({ ...piece, records: piece.records.slice(0, expired) }, 'RecordAgeExceeded');
    return { ...piece, records: piece.records.slice(expired) };
  }

  function discard({ records, invocations, lastResult }: Piece, condition: Discarded['condition']): void {
    const { functionArn, streamArn, onFailureQueueArn } = settings;
    log(`${condition}, ${records.length} records are discarded`);
    if (onFailureQueueArn === undefined) return;
    const discarded = { functionArn, streamArn, shardId, records, condition, invocations, lastResult };
    world.queues.send(onFailureQueueArn, { body: JSON.stringify(failureRecord(discarded, new Date())) });
  }

  function log(what: string): void {
    world.logs.write('stream', `${world.functions.get(settings.functionArn).name}: ${what}`);
  }
}

function outcomeOf(result: InvocationResult): string {
  return result.outcome === 'returned'
    ? 'the batch was reported as failed'
    : `the batch failed (${result.outcome}: ${result.errorType})`;
}
