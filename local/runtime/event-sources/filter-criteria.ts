import { compilePattern, type Matcher } from './event-pattern.ts';

/** Without a raised quota. Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
const MAX_FILTERS = 5;
const MAX_PATTERN_CHARACTERS = 4096;

/** True for the records that the function is to see. */
export type RecordFilter = (record: object) => boolean;

/**
 * `FilterCriteria.Filters[].Pattern` of a mapping on a stream: a record passes when one of the patterns matches, or
 * when there is none. Throws AWS's sentence for a pattern it would refuse, with the reason.
 */
export function compileStreamFilters(patterns: readonly string[]): RecordFilter {
  return anyOf(patterns, compileFilter);
}

/**
 * The same on a queue, where a pattern with an object for `body` sees the body's JSON, and one with a list sees its
 * text: a body of the other kind does not match.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */
export function compileQueueFilters(patterns: readonly string[]): RecordFilter {
  return anyOf(patterns, (pattern) => {
    const matches = compileFilter(pattern);
    const wantsJson = asksForJson(pattern);
    return (record) => {
      const { body } = record as { body?: unknown };
      const json = typeof body === 'string' ? parseObject(body) : undefined;
      if (wantsJson && json === undefined) return false;
      return matches(json === undefined ? record : { ...(record as object), body: json });
    };
  });
}

function anyOf(patterns: readonly string[], compile: (pattern: string) => Matcher): RecordFilter {
  if (patterns.length > MAX_FILTERS) {
    throw new Error(`FilterCriteria has ${patterns.length} filters; expected at most ${MAX_FILTERS}`);
  }
  const filters = patterns.map(compile);
  return (record) => filters.length === 0 || filters.some((matches) => matches(record));
}

function compileFilter(pattern: string): Matcher {
  try {
    if (pattern.length > MAX_PATTERN_CHARACTERS) {
      throw new Error(`it has ${pattern.length} characters; expected at most ${MAX_PATTERN_CHARACTERS}`);
    }
    return compilePattern(pattern);
  } catch (error) {
    throw new Error(
      `Invalid filter pattern definition. The pattern ${pattern}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function asksForJson(pattern: string): boolean {
  const { body } = JSON.parse(pattern) as { body?: unknown };
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
