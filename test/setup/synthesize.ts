import { spawn } from 'node:child_process';

/** Runs the CDK CLI as a user would. Throws with what it printed. */
export function synthesize(settings: string, output: string, context: readonly string[] = []): Promise<void> {
  const args = ['synth', '--quiet', '-c', 'stage=local', '-c', `settings=${settings}`, '-o', output];
  return new Promise((resolve, reject) => {
    const child = spawn('node_modules/.bin/cdk', [...args, ...context.flatMap((entry) => ['-c', entry])]);
    let printed = '';
    const collect = (chunk: Buffer): void => {
      printed += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`cdk ${args.join(' ')} exited with ${code}:\n${printed}`)),
    );
  });
}
