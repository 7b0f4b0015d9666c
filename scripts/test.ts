/**
 * `npm test`: everything a reviewer would check, in one command. Format, lint and types are checked beside the tests, which wait
 * for sockets much of the time. Arguments go to vitest (`npm test -- test/unit`).
 */
import { spawn } from 'node:child_process';

const bin = (name: string) => `node_modules/.bin/${name}`;

/** Tests are watched as they come; what a check says would come in between, and is printed at its end. */
const run = (command: string, args: readonly string[], output: 'at once' | 'at its end'): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: output === 'at once' ? 'inherit' : 'pipe' });
    let said = '';
    const collect = (chunk: Buffer): void => {
      said += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => {
      if (said !== '') console.log(said.trimEnd());
      resolve(code ?? 1);
    });
  });

const checks = [
  [bin('biome'), 'ci', '.'],
  [bin('tsc'), '--noEmit'],
  [bin('tsc'), '--noEmit', '-p', 'examples/dashboard'],
] as const;
const checking = checks.map(([command, ...args]) => run(command, args, 'at its end'));
const tests = await run(bin('vitest'), ['run', ...process.argv.slice(2)], 'at once');
const codes = await Promise.all(checking);
// Once more, at the end: what a check has said may be hundreds of lines above.
for (const [index, code] of codes.entries()) {
  if (code !== 0) console.error(`Failed, see above: ${checks[index]?.join(' ')}`);
}
process.exitCode = [...codes, tests].find((code) => code !== 0) ?? 0;
