import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { PATIENCE_IN_MILLISECONDS } from './test/setup/patience.ts';

/** Each in a process of its own: they run scripts into their time limits by the dozen, inside the process. */
const alone = ['test/local/edge/**/*.test.ts'];
const quick = ['unit', 'contracts', 'stack', 'architecture'].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    // A process runs files one after the other, and they share what it has loaded and started: a start of Node.js, of the SDKs and
    // of aws-cdk-lib for each would take longer than most of them. A file must leave nothing behind that another would see.
    isolate: false,
    reporters: ['default', './test/setup/closing-line.ts'],
    projects: [
      { extends: true, test: { name: 'quick', include: quick } },
      { extends: true, test: { name: 'alone', include: alone, isolate: true } },
      {
        extends: true,
        test: {
          name: 'running',
          include: ['test/**/*.test.ts'],
          exclude: [...quick, ...alone],
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
