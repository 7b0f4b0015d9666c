import * as v from 'valibot';

/** The message of every schema of a setting says what is allowed; {@link report} makes the sentence around it. */
export function text(pattern: RegExp, allowed: string) {
  return v.pipe(v.string(allowed), v.regex(pattern, allowed));
}

export function wholeNumber(least: number, most: number, or = '') {
  const allowed = `a whole number from ${least} to ${most}${or}`;
  return v.pipe(v.number(allowed), v.integer(allowed), v.minValue(least, allowed), v.maxValue(most, allowed));
}

/** An object with these settings and no others. */
export function settings<const Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries).join(', ');
  return v.pipe(
    v.custom<object>(isObject, `an object with ${names}`),
    v.strictObject(entries, (issue) => {
      const missing = issue.expected === 'never' ? undefined : entries[String(issue.path?.at(-1)?.key)];
      return missing === undefined ? names : allowedIn(missing);
    }),
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function allowedIn(schema: v.ObjectEntries[string]): string {
  return 'message' in schema && typeof schema.message === 'string' ? schema.message : schema.expects;
}

/** `limits.maxConnections is "many"; allowed: a whole number from 1 to 10000000.` */
export function report(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? 'The configuration';
  if (issue.expected === 'never') return `${name} is not a setting; allowed: ${issue.message}.`;
  if (issue.input === undefined) return `${name} is missing; allowed: ${issue.message}.`;
  return `${name} is ${shown(issue.input)}; allowed: ${issue.message}.`;
}

const LONGEST_VALUE_SHOWN = 120;

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length <= LONGEST_VALUE_SHOWN ? json : `${json.slice(0, LONGEST_VALUE_SHOWN)}…`;
}
