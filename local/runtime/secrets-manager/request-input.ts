import { AwsError } from '../aws-answer.ts';

/** The members of a request; those that the local execution knows are all strings. */
export type Input = Readonly<Record<string, string>>;

/** Refuses members by name that would otherwise be ignored. What is null counts as not given, as on AWS. */
export function readInput(operation: string, body: Buffer, known: readonly string[]): Input {
  const members = Object.entries(parse(body)).filter(([, value]) => value !== null);
  for (const [name, value] of members) {
    if (!known.includes(name)) {
      throw new AwsError(
        'InvalidParameterException',
        `The local execution does not know the parameter ${name} of Secrets Manager ${operation}. It knows: ${known.join(', ')}.`,
      );
    }
    // The value may be a secret: the message must not show it.
    if (typeof value !== 'string') {
      throw new AwsError('SerializationException', `Expected the parameter ${name} to be a string.`);
    }
  }
  return Object.fromEntries(members) as Input;
}

function parse(body: Buffer): object {
  try {
    const input: unknown = JSON.parse(body.toString());
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Answered below: what cannot be read and what is not an object are the same mistake.
  }
  throw new AwsError('SerializationException', 'The body of the request is not a JSON object.');
}
