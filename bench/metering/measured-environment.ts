import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { environmentVariables } from '../../local/runtime/lambda/environment-variables.ts';
import type { ResolvedFunction } from '../../local/runtime/resolved-function.ts';
import type { World } from '../../local/runtime/world.ts';
import type { ProcessAnswer, ProcessEvent, Usage } from './function-process.ts';

const BUILT = '.local/bench/function-process.mjs';

/** The process of one function, which has loaded it. */
export interface MeasuredEnvironment {
  readonly init: Usage;
  ask(event: ProcessEvent): Promise<ProcessAnswer>;
  end(): Promise<void>;
}

export async function startMeasuredEnvironment(
  definition: ResolvedFunction,
  world: World,
): Promise<MeasuredEnvironment> {
  const { name, roleArn, codeDirectory, handler } = definition;
  const key = world.iam.issueKey({ name, roleArn });
  const child = spawn(process.execPath, [BUILT, codeDirectory, handler], {
    env: environmentVariables(definition, key, codeDirectory, 'bench', world),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = await next(child);
  return {
    init: ready.usage,
    ask: (event) => {
      child.send(event);
      return next(child);
    },
    async end() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function next(child: ChildProcess): Promise<ProcessAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off('message', answered);
      child.off('exit', ended);
    };
    const answered = (answer: ProcessAnswer): void => {
      settle();
      resolve(answer);
    };
    const ended = (code: number | null): void => {
      settle();
      reject(new Error(`The process of a function ended with code ${code} before it answered.`));
    };
    child.on('message', answered);
    child.on('exit', ended);
  });
}

/** Without types, as functions are deployed: what runs TypeScript as it is would be measured too. */
export function buildFunctionProcess(): void {
  buildSync({
    entryPoints: [fileURLToPath(new URL('./function-process.ts', import.meta.url))],
    outfile: BUILT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
}
