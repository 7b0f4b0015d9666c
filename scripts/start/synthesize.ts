import { spawn } from 'node:child_process';
import { devNull } from 'node:os';

/**
 * `cdk synth` of the local stage, as the CLI does it for every other stage. Rejects with what the CLI printed.
 * `signal` ends it early.
 */
export function synthesize(settingsFile: string, output: string, signal?: AbortSignal): Promise<void> {
  // CDK's rules for what AWS would take cost more than the synthesis. They ran where the stacks were changed, and what matters of
  // them here the local execution refuses by itself.
  const options = ['--quiet', '--no-validation', '-c', 'stage=local', '-c', `settings=${settingsFile}`];
  const args = ['synth', ...options, '-o', output];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['node_modules/aws-cdk/bin/cdk', ...args], {
      env: withoutAccount(process.env),
      // A group of its own: the CLI runs the app in a shell of its own, which has to end with it.
      detached: true,
    });
    const end = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    };
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { once: true });
    let printed = '';
    const collect = (chunk: Buffer): void => {
      printed += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => reject(new Error(`cdk synth could not be run: ${error.message}`)));
    child.on('exit', (code) => {
      signal?.removeEventListener('abort', end);
      if (code === 0) resolve();
      else reject(new Error(`The stacks could not be synthesized (cdk synth). It says:\n${printed.trim()}`));
    });
  });
}

/** The CLI would look up the account of whatever credentials it finds; a laptop's execution needs none. */
function withoutAccount(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(others),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}
