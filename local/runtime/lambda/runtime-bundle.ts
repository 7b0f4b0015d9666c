import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

let bundle: string | undefined;

/**
 * The runtime of the workers as one plain JavaScript module, made once a process: a worker that had to load a
 * TypeScript loader first would take several times as long to start.
 */
export function runtimeBundle(): string {
  bundle ??= bundleRuntime();
  return bundle;
}

function bundleRuntime(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./bootstrap/main.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
  const [output] = outputFiles;
  if (!output) throw new Error('esbuild made no output for the runtime of the local functions.');
  return output.text;
}
