import { randomInt } from 'node:crypto';
import { masterKeyOfSecret, readMasterKey } from '../../lambdas/protocol/encryption-key.ts';

/** What stands in Secrets Manager. Members that nobody here knows are kept. */
export interface SecretValue {
  readonly secret: string;
  /** Valid too; during a rotation only. */
  readonly previous?: string;
  /** 32 bytes in base64. */
  readonly encryptionMasterKey?: string;
}

const ALPHANUMERICS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** As long as the one that a deployment begins with. */
const LENGTH = 40;

export function newSecret(): string {
  return Array.from({ length: LENGTH }, () => ALPHANUMERICS[randomInt(ALPHANUMERICS.length)]).join('');
}

/** Its errors say what is wrong with the shape and never what stands in it. */
export function readSecretValue(text: string | undefined): SecretValue {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    value = null;
  }
  const { secret, previous, ...others } = value ?? {};
  if (typeof secret !== 'string' || secret === '') {
    throw new Error(
      'The value of the app secret has another form than {"secret":"…"}. Put it back as JSON with a member "secret".',
    );
  }
  if (others.encryptionMasterKey !== undefined) readMasterKey(others.encryptionMasterKey);
  return { ...others, secret, ...(typeof previous === 'string' && previous !== '' && { previous }) };
}

/** In base64. */
export function masterKeyOf({ secret, previous, encryptionMasterKey }: SecretValue): string {
  return encryptionMasterKey ?? Buffer.from(masterKeyOfSecret(previous ?? secret)).toString('base64');
}

/** The master key is written down, since it would follow another secret from now on. */
export function rotated(value: SecretValue, secret: string): SecretValue {
  return { ...value, secret, previous: value.secret, encryptionMasterKey: masterKeyOf(value) };
}

export function retired(value: SecretValue): SecretValue {
  const { previous: _, ...others } = value;
  return { ...others, encryptionMasterKey: masterKeyOf(value) };
}
