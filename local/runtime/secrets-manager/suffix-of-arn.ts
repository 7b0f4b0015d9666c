import { createHash } from 'node:crypto';

/** The six characters that Secrets Manager appends to a name: random there, derived here, so that a restart keeps ARNs. */
export function suffixOfArn(name: string): string {
  return createHash('sha256').update(name).digest('base64').replace(/[+/=]/g, 'x').slice(0, 6);
}
