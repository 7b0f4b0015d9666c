import { matchesWildcard } from './wildcard.ts';

/** One operator of a statement's `Condition`, one key, the values of which one has to match. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const comparisons: Readonly<Record<string, (pattern: string, value: string) => boolean>> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: (pattern, value) => matchesWildcard(pattern, value),
};

const quantifiers = ['ForAllValues', 'ForAnyValue'] as const;

/** Condition keys that the services of this machine fill in. */
const knownKeys = new Set(['dynamodb:LeadingKeys']);

/** @throws Error on an operator or a key that cannot be evaluated here: a policy must never mean less than it says. */
export function parseConditions(condition: Readonly<Record<string, unknown>>): Condition[] {
  return Object.entries(condition).flatMap(([operator, keys]) => {
    const [quantifier, comparison] = split(operator);
    if (!comparisons[comparison] || (quantifier && !quantifiers.some((known) => known === quantifier))) {
      throw new Error(
        `Condition operator "${operator}" is not supported; supported are StringEquals and StringLike, alone or behind ForAllValues: or ForAnyValue:.`,
      );
    }
    return Object.entries(keys as Record<string, string | string[]>).map(([key, values]) => {
      if (!knownKeys.has(key)) {
        throw new Error(
          `Condition key "${key}" is not supported; supported is ${[...knownKeys].join(', ')}.`,
        );
      }
      return { operator, key, values: typeof values === 'string' ? [values] : values };
    });
  });
}

/**
 * As IAM evaluates: without a quantifier and with `ForAnyValue` a missing key does not match, with `ForAllValues` it does.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function holds(condition: Condition, context: Readonly<Record<string, readonly string[]>>): boolean {
  const [quantifier, comparison] = split(condition.operator);
  const compare = comparisons[comparison];
  if (!compare) return false;
  const matches = (value: string) => condition.values.some((pattern) => compare(pattern, value));
  const actual = context[condition.key] ?? [];
  return quantifier === 'ForAllValues' ? actual.every(matches) : actual.some(matches);
}

function split(operator: string): [quantifier: string | undefined, comparison: string] {
  const colon = operator.indexOf(':');
  return colon < 0 ? [undefined, operator] : [operator.slice(0, colon), operator.slice(colon + 1)];
}
