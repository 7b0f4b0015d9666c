import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A gate for functions, which share no memory with the tests: it is open once its file exists. */
export interface FileGate {
  readonly path: string;
  open(): Promise<void>;
}

/** Closed, and gone when the test has finished. */
export async function fileGate(): Promise<FileGate> {
  const directory = await mkdtemp(join(tmpdir(), 'gate-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'open');
  return { path, open: () => writeFile(path, '') };
}

/** Source of a function's `passed(path)`, which resolves once that gate is open. */
export const passed = `
  import { existsSync } from 'node:fs';
  const passed = async (path) => { while (!existsSync(path)) await new Promise((r) => setTimeout(r, 5)); };
`;
