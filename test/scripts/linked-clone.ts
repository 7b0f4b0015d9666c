import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory like this one, by links, but with a `.local/` of its own: another start here must not notice the tests. */
export function linkedClone(): string {
  const clone = mkdtempSync(join(tmpdir(), 'pregonero-start-'));
  for (const name of readdirSync('.')) {
    if (name !== '.local' && name !== '.git' && name !== 'cdk.out')
      symlinkSync(join(process.cwd(), name), join(clone, name));
  }
  mkdirSync(join(clone, '.local'));
  return clone;
}
