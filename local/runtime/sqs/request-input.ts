import { invalidParameter, missingParameter, SqsError } from './sqs-error.ts';

/** The members of a request, or of one entry of a batch. */
export type Input = Readonly<Record<string, unknown>>;

export function parseInput(body: Buffer): Input {
  try {
    const input: unknown = JSON.parse(body.toString());
    if (isInput(input)) return input;
  } catch {
    // Answered below: what cannot be read and what is not an object are the same mistake.
  }
  throw new SqsError('SerializationException', 'The body of the request is not a JSON object.');
}

/** Refuses members by name that would otherwise be ignored. */
export function checkMembers(operation: string, input: Input, known: readonly string[]): void {
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new SqsError(
    'UnsupportedOperation',
    `The local execution does not know the parameter ${unknown} of SQS ${operation}. It knows: ${known.join(', ')}.`,
  );
}

export function requiredString(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (value === undefined) throw missingParameter(name);
  return value;
}

export function optionalString(input: Input, name: string): string | undefined {
  const value = input[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw wrongType(name, 'a string');
  return value;
}

/** An integer within bounds, both included. */
export function optionalInteger(input: Input, name: string, min: number, max: number): number | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw wrongType(name, 'a number');
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalidParameter(name, value, `Must be between ${min} and ${max}, if provided.`);
  }
  return value;
}

export function requiredInteger(input: Input, name: string, min: number, max: number): number {
  const value = optionalInteger(input, name, min, max);
  if (value === undefined) throw missingParameter(name);
  return value;
}

export function stringList(input: Input, name: string): readonly string[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw wrongType(name, 'a list of strings');
  }
  return value;
}

export function inputList(input: Input, name: string): readonly Input[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value) || !value.every(isInput)) throw wrongType(name, 'a list of objects');
  return value;
}

export function optionalInput(input: Input, name: string): Input | undefined {
  const value = input[name] ?? undefined;
  if (value !== undefined && !isInput(value)) throw wrongType(name, 'an object');
  return value;
}

function isInput(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(name: string, expected: string): SqsError {
  return new SqsError('SerializationException', `Expected the parameter ${name} to be ${expected}.`);
}
