import { compileComparison } from './pattern-comparison.ts';

/** Whether an event (or a part of it; undefined where there is none) is of the pattern. */
export type Matcher = (value: unknown) => boolean;

type PatternObject = Readonly<Record<string, unknown>>;

/**
 * Compiles the subset of EventBridge patterns that event source mappings know: keys are AND-ed, values of a key and
 * the patterns of `$or` are OR-ed, and a comparison is made with the leaves of the event only. A list in the event
 * matches when one of its elements does. Throws a sentence that names whatever is unknown.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export function compilePattern(json: string): Matcher {
  const pattern = parse(json);
  refuseUnusualNumbers(json);
  return compileObject(pattern, '');
}

function parse(json: string): PatternObject {
  let pattern: unknown;
  try {
    pattern = JSON.parse(json);
  } catch (error) {
    throw new Error(`it is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!isObject(pattern)) throw new Error('it is not a JSON object');
  return pattern;
}

function compileObject(pattern: PatternObject, path: string): Matcher {
  const conditions = Object.entries(pattern).map(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (key === '$or') return compileAlternatives(value, at);
    const matches = compileMember(value, at);
    return (object: unknown) =>
      matches(isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined);
  });
  if (conditions.length === 0) throw new Error(`${path || 'it'} is an empty object`);

  const all: Matcher = (value) => conditions.every((condition) => condition(value));
  // One element has to be of the whole pattern: a key of one and a key of another are no match.
  return (value) => (Array.isArray(value) && value.length > 0 ? value.flat(Infinity).some(all) : all(value));
}

function compileMember(value: unknown, at: string): Matcher {
  if (isObject(value)) return compileObject(value, at);
  if (Array.isArray(value) && value.length > 0) return compileLeaf(value, at);
  throw new Error(`${at} is ${JSON.stringify(value)}; expected a list of values, or an object`);
}

function compileAlternatives(value: unknown, at: string): Matcher {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject)) {
    throw new Error(`${at} is ${JSON.stringify(value)}; expected a list of two or more patterns`);
  }
  // The path of a member of an alternative is the path beside `$or`.
  const path = at === '$or' ? '' : at.slice(0, -'.$or'.length);
  const alternatives = value.map((alternative) => compileObject(alternative, path));
  return (event) => alternatives.some((matches) => matches(event));
}

function compileLeaf(values: readonly unknown[], at: string): Matcher {
  const comparisons = values.map((value) => compileComparison(value, at));
  return (value) => {
    const leaves = leavesOf(value);
    return comparisons.some((comparison) =>
      comparison === 'absent' ? leaves.length === 0 : leaves.some(comparison),
    );
  };
}

/** An object is no leaf, so that nothing compares with it: `exists` finds neither it nor what is not there. */
function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flat(Infinity).filter((element) => !isObject(element));
  return value === undefined || isObject(value) ? [] : [value];
}

/**
 * Numbers compare by how they are written (300 is not 3.0e2), which is lost in parsing: only one way of writing them is
 * let in.
 */
function refuseUnusualNumbers(json: string): void {
  const withoutStrings = json.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  const unusual = withoutStrings
    .match(/-?\d[\d.eE+-]*/g)
    ?.find((number) => String(Number(number)) !== number);
  if (unusual !== undefined) {
    throw new Error(`it writes a number as ${unusual}; expected ${String(Number(unusual))}`);
  }
}

function isObject(value: unknown): value is PatternObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
