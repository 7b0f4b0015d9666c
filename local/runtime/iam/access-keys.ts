import { randomBytes } from 'node:crypto';
import type { AccessKey, Caller } from '../iam.ts';

/** Who is who at the door. */
export interface AccessKeys {
  issue(caller: Caller): AccessKey;
  find(accessKeyId: string): { readonly caller: Caller; readonly key: AccessKey } | undefined;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Roles get temporary credentials (`ASIA…`, with a session token), the operator a user's (`AKIA…`), as on AWS. */
export function createAccessKeys(): AccessKeys {
  const entries = new Map<string, { caller: Caller; key: AccessKey }>();
  return {
    issue: (caller) => {
      const temporary = caller.roleArn !== 'operator';
      const key: AccessKey = {
        accessKeyId: `${temporary ? 'ASIA' : 'AKIA'}${randomName(16)}`,
        secretAccessKey: randomBytes(30).toString('base64'),
        ...(temporary ? { sessionToken: randomBytes(48).toString('base64') } : {}),
      };
      entries.set(key.accessKeyId, { caller, key });
      return key;
    },
    find: (accessKeyId) => entries.get(accessKeyId),
  };
}

function randomName(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}
