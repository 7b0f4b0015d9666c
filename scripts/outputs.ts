import { readFileSync } from 'node:fs';

/** Outputs by stack, as `cdk deploy --outputs-file` writes them. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Outputs that cannot be used; the message says which file and what to do. */
export class OutputsUnusable extends Error {
  override readonly name = 'OutputsUnusable';
}

export function readOutputs(file: string): Outputs {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new OutputsUnusable(
      `There is no outputs file ${file}. "npx cdk deploy --all --outputs-file cdk-outputs.json" writes one, and ` +
        '"npm start" writes .local/cdk-outputs.json.',
    );
  }
  try {
    const outputs: unknown = JSON.parse(text);
    if (isOutputs(outputs)) return outputs;
  } catch {
    // Answered below, like JSON of another shape.
  }
  throw new OutputsUnusable(
    `${file} is not what "cdk deploy --outputs-file" writes: outputs by stack, as JSON.`,
  );
}

/** The output of that key, in whichever stack it stands. */
export function findOutput(outputs: Outputs, key: string): string | undefined {
  return Object.values(outputs).find((stack) => stack[key] !== undefined)?.[key];
}

/** As {@link findOutput}; throws {@link OutputsUnusable} where no stack has it. */
export function requireOutput(outputs: Outputs, key: string): string {
  const value = findOutput(outputs, key);
  if (value !== undefined) return value;
  const stacks = Object.keys(outputs).join(', ') || 'no stack at all';
  throw new OutputsUnusable(
    `The outputs have no ${key}; they are of ${stacks}. Deploy all stacks of Pregonero ("--all") into one outputs file.`,
  );
}

function isOutputs(value: unknown): value is Outputs {
  const isObject = (candidate: unknown): candidate is object =>
    typeof candidate === 'object' && candidate !== null;
  return (
    isObject(value) &&
    Object.values(value).every(
      (stack) => isObject(stack) && Object.values(stack).every((output) => typeof output === 'string'),
    )
  );
}
