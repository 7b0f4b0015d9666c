import type { Secrets } from '../runtime/secrets.ts';

/**
 * Resolves `{{resolve:secretsmanager:ARN:SecretString:jsonKey::}}` wherever it stands in a string of the properties.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 *
 * @throws Error on any other kind, and on versions other than the current one
 */
export function resolveDynamicReferences(value: unknown, secrets: Pick<Secrets, 'value'>): unknown {
  if (typeof value === 'string') {
    return value.includes('{{resolve:')
      ? value.replace(/\{\{resolve:([^}]*)\}\}/g, (_, reference: string) => resolveOne(reference, secrets))
      : value;
  }
  if (Array.isArray(value)) return value.map((entry) => resolveDynamicReferences(entry, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, resolveDynamicReferences(member, secrets)]),
  );
}

const secretReference = /^secretsmanager:(.+?)(?::(SecretString)(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?)?$/;

function resolveOne(reference: string, secrets: Pick<Secrets, 'value'>): string {
  const [, secretId = '', , jsonKey = '', stage = '', version = ''] = secretReference.exec(reference) ?? [];
  if (secretId === '' || version !== '' || (stage !== '' && stage !== 'AWSCURRENT')) {
    throw new Error(
      `the dynamic reference {{resolve:${reference}}} is not supported; supported is {{resolve:secretsmanager:ARN:SecretString:jsonKey}} of the current version`,
    );
  }
  const secret = secrets.value(secretId);
  if (jsonKey === '') return secret;
  const member = (JSON.parse(secret) as Record<string, unknown>)[jsonKey];
  if (member === undefined) throw new Error(`the secret ${secretId} has no member "${jsonKey}"`);
  return String(member);
}
