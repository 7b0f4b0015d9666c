import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { PATIENCE_IN_MILLISECONDS } from './test/setup/patience.ts';

/** Files that start nothing of their own share their modules: loading aws-cdk-lib once is half the time of the stack tests. */
const quick = ['unit', 'contracts', 'stack', 'architecture'].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    reporters: ['default', './test/setup/closing-line.ts'],
    projects: [
      { extends: true, test: { name: 'quick', include: quick, isolate: false } },
      {
        extends: true,
        test: {
          name: 'running',
          include: ['test/**/*.test.ts'],
          exclude: quick,
          // Here, not above: what stands above runs once for the root as well, and the second run would change the keys.
          globalSetup: ['test/setup/assembly.ts'],
        },
      },
    ],
    // The end-to-end files boot the whole template; a machine that is busy must not fail them.
    testTimeout: 3 * PATIENCE_IN_MILLISECONDS,
    hookTimeout: 6 * PATIENCE_IN_MILLISECONDS,
    expect: { poll: { timeout: PATIENCE_IN_MILLISECONDS } },
    setupFiles: ['test/setup/patient-waits.ts'],
    pool: 'forks',
    // Vitest leaves a core to itself; most of these tests wait for sockets, and the second of two cores is half of them.
    maxWorkers: availableParallelism(),
    // The AWS SDK's notice about Node 20, once per process, would drown what a run has to say.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
