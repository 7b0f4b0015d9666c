import { AwsError } from '../aws-answer.ts';

type Input = Readonly<Record<string, unknown>>;

const placeholders = ['ExpressionAttributeNames', 'ExpressionAttributeValues'] as const;

/**
 * DynamoDB refuses a name or value that no expression uses, and a list of them that is empty, before it looks at any item. Engines do so
 * too for a single write, and not for each entry of a transaction.
 * Throws what DynamoDB answers. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export function refuseUnusedPlaceholders(input: Input): void {
  const transaction = (input.TransactItems ?? []) as readonly Readonly<Record<string, Input>>[];
  for (const entry of [input, ...transaction.flatMap((item) => Object.values(item))]) {
    const used = placeholdersIn(entry);
    for (const member of placeholders) refuseUnused(member, entry[member], used);
  }
}

function placeholdersIn(entry: Input): ReadonlySet<string> {
  const expressions = Object.entries(entry).filter(([name]) => name.endsWith('Expression'));
  return new Set(expressions.flatMap(([, text]) => String(text).match(/[#:]\w+/g) ?? []));
}

function refuseUnused(member: string, given: unknown, used: ReadonlySet<string>): void {
  if (typeof given !== 'object' || given === null) return;
  const names = Object.keys(given);
  if (names.length === 0) throw new AwsError('ValidationException', `${member} must not be empty`);
  const unused = names.filter((name) => !used.has(name));
  if (unused.length === 0) return;
  throw new AwsError(
    'ValidationException',
    `Value provided in ${member} unused in expressions: keys: {${unused.join(', ')}}`,
  );
}
