/** Identifiers that the function reported as failed, or the whole batch. */
export type ReportedFailures = readonly string[] | 'whole-batch';

/**
 * Reads what a function with `ReportBatchItemFailures` returned: `{"batchItemFailures":[{"itemIdentifier":"…"}]}`.
 * Nothing, an empty object and an empty list are a success; what cannot be read is a failure of the whole batch.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html#streams-batchfailurereporting-conditions
 */
export function reportedFailures(payload: unknown): ReportedFailures {
  if (payload === null || payload === undefined) return [];
  if (typeof payload !== 'object' || Array.isArray(payload)) return 'whole-batch';
  const failures = (payload as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return 'whole-batch';
  const identifiers = failures.map(
    (failure) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier,
  );
  return identifiers.every((identifier) => typeof identifier === 'string' && identifier !== '')
    ? (identifiers as string[])
    : 'whole-batch';
}
