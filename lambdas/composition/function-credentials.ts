import type { SigningCredentials } from '../adapters/api-gateway/post-signer.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The credentials of the function's role, as they are now. Lambda sets them, as it does the region: no variables of ours.
 * Throws when there are none.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html ("Defined runtime environment variables")
 */
export function readFunctionCredentials(environment: Variables = process.env): SigningCredentials {
  const sessionToken = environment.AWS_SESSION_TOKEN;
  return {
    accessKeyId: required('AWS_ACCESS_KEY_ID', environment),
    secretAccessKey: required('AWS_SECRET_ACCESS_KEY', environment),
    ...(sessionToken && { sessionToken }),
  };
}

/** Throws when there is none. */
export function readFunctionRegion(environment: Variables = process.env): string {
  return required('AWS_REGION', environment);
}

function required(name: string, environment: Variables): string {
  const value = environment[name];
  if (value) return value;
  throw new Error(
    `The environment variable ${name} is not set; expected what Lambda sets it to for every function.`,
  );
}
