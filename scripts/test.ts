/**
 * `npm test`: everything a reviewer would check, in one command. Format, lint and types run side by side first, since
 * they fail fastest; the tests follow. Arguments go to vitest (`npm test -- test/unit`).
 */
import { spawn } from 'node:child_process';

const bin = (name: string) => `node_modules/.bin/${name}`;

const run = (command: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });

const checks = await Promise.all([
  run(bin('biome'), ['ci', '.']),
  run(bin('tsc'), ['--noEmit']),
  run(bin('tsc'), ['--noEmit', '-p', 'examples/dashboard']),
]);
const tests = await run(bin('vitest'), ['run', ...process.argv.slice(2)]);
process.exitCode = [...checks, tests].find((code) => code !== 0) ?? 0;
