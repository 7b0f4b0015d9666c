import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

/** A copy of the run's assembly with another realtime template. */
export interface ChangedAssembly {
  readonly directory: string;
  remove(): void;
}

/** Throws when the change changes nothing: the test that wants it would then test something else. */
export function changedAssembly(change: (template: string) => string): ChangedAssembly {
  const directory = mkdtempSync(join(tmpdir(), 'pregonero-assembly-'));
  cpSync(inject('assemblyDirectory'), directory, { recursive: true });
  const name = readdirSync(directory).find((file) => file.endsWith('-realtime.template.json'));
  if (name === undefined) throw new Error('The assembly has no realtime template.');
  const template = readFileSync(join(directory, name), 'utf8');
  const changed = change(template);
  if (changed === template) throw new Error('The change changes nothing in the realtime template.');
  writeFileSync(join(directory, name), changed);
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
