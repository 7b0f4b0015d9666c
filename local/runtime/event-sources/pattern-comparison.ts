/** Compares one leaf of an event, or stands for there being none. */
export type Comparison = ((leaf: unknown) => boolean) | 'absent';

/** An operator makes a comparison of its operand; undefined when the operand is of the wrong kind. */
type Operator = (operand: unknown) => Comparison | undefined;

type Scalar = string | number | boolean | null;

const numericOperators: Readonly<Record<string, (leaf: number, bound: number) => boolean>> = {
  '=': (leaf, bound) => leaf === bound,
  '<': (leaf, bound) => leaf < bound,
  '<=': (leaf, bound) => leaf <= bound,
  '>': (leaf, bound) => leaf > bound,
  '>=': (leaf, bound) => leaf >= bound,
};

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax */
const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>(
  Object.entries({
    exists: (operand: unknown) =>
      operand === true ? () => true : operand === false ? ('absent' as const) : undefined,
    prefix: onStrings((leaf, operand) => leaf.startsWith(operand)),
    suffix: onStrings((leaf, operand) => leaf.endsWith(operand)),
    'equals-ignore-case': onStrings((leaf, operand) => leaf.toLowerCase() === operand.toLowerCase()),
    'anything-but': anythingBut,
    numeric,
  }),
);

/** One value of a pattern's list: a scalar to equal, or an object of one operator. `at` is for the sentence thrown. */
export function compileComparison(value: unknown, at: string): Comparison {
  if (isScalar(value)) return (leaf) => leaf === value;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new Error(`${at} has ${JSON.stringify(value)} in its list; expected values and operators`);
  }
  const [entry, ...others] = Object.entries(value as object);
  if (entry === undefined || others.length > 0) {
    throw new Error(`${at} has ${JSON.stringify(value)} in its list; expected an object with one operator`);
  }
  const [name, operand] = entry;
  const operator = operators.get(name);
  if (operator === undefined) {
    throw new Error(
      `${at} has the operator "${name}", which is not supported here; supported are ${[...operators.keys()].join(', ')}, $or`,
    );
  }
  const comparison = operator(operand);
  if (comparison === undefined) {
    throw new Error(
      `${at} has ${JSON.stringify(value)}, an operand that is not supported here for "${name}"`,
    );
  }
  return comparison;
}

function onStrings(compare: (leaf: string, operand: string) => boolean): Operator {
  return (operand) =>
    typeof operand === 'string' ? (leaf) => typeof leaf === 'string' && compare(leaf, operand) : undefined;
}

function anythingBut(operand: unknown): Comparison | undefined {
  const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (excluded.length === 0 || excluded.some((value) => value === null || !isScalar(value))) return undefined;
  return (leaf) => !excluded.includes(leaf);
}

/** `["=", 100]`, or bounds such as `[">", 10, "<=", 20]`. Never true of DynamoDB's numbers, which are strings. */
function numeric(operand: unknown): Comparison | undefined {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0) return undefined;
  const conditions: ((leaf: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = numericOperators[String(operand[index])];
    const bound: unknown = operand[index + 1];
    if (compare === undefined || typeof bound !== 'number') return undefined;
    conditions.push((leaf) => compare(leaf, bound));
  }
  return (leaf) => typeof leaf === 'number' && conditions.every((condition) => condition(leaf));
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
