import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedFunction } from '../resolved-function.ts';
import { runtimeBundle } from './runtime-bundle.ts';

/**
 * A directory of its own for the runtime and for the code of each function, as `/var/runtime` and `/var/task` are on
 * AWS. Functions run from copies: beside the project's `node_modules` and `package.json` an import that the bundle does
 * not hold would be found after all.
 */
export interface Sandbox {
  runtimeModule(): Promise<string>;
  taskRoot(definition: ResolvedFunction): Promise<string>;
  remove(): Promise<void>;
}

export function createSandbox(): Sandbox {
  let root: Promise<string> | undefined;
  let runtime: Promise<string> | undefined;
  const tasks = new Map<string, Promise<string>>();

  const rootDirectory = (): Promise<string> => {
    root ??= mkdtemp(join(tmpdir(), 'pregonero-functions-'));
    return root;
  };

  async function writeRuntime(): Promise<string> {
    const path = join(await rootDirectory(), 'runtime.mjs');
    await writeFile(path, runtimeBundle());
    return path;
  }

  async function copyTask(definition: ResolvedFunction): Promise<string> {
    const path = join(await rootDirectory(), 'task', definition.name);
    await cp(definition.codeDirectory, path, { recursive: true });
    return path;
  }

  return {
    runtimeModule: () => {
      runtime ??= writeRuntime();
      return runtime;
    },
    taskRoot: (definition) => {
      const task = tasks.get(definition.arn) ?? copyTask(definition);
      tasks.set(definition.arn, task);
      return task;
    },
    remove: async () => {
      if (root) await rm(await root, { recursive: true, force: true });
    },
  };
}
