import type { ErrorForm } from '../worker-messages.ts';

/**
 * An error of the runtime itself. The names are those of AWS's runtime client.
 * Source: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export class RuntimeError extends Error {
  constructor(kind: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = `Runtime.${kind}`;
  }
}

/** Whatever was thrown, as `{errorType, errorMessage, trace}`; what is no Error is named by its type. */
export function toErrorForm(thrown: unknown): ErrorForm {
  if (thrown instanceof Error || isErrorLike(thrown)) {
    return {
      errorType: thrown.name,
      errorMessage: thrown.message,
      trace: (thrown.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

/** Errors of another realm are no `instanceof Error`. */
function isErrorLike(thrown: unknown): thrown is Error {
  const error = thrown as Partial<Error> | null | undefined;
  return (
    typeof error?.name === 'string' && typeof error.message === 'string' && typeof error.stack === 'string'
  );
}
