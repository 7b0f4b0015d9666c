import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/assembly.ts'],
    reporters: ['default', './test/setup/closing-line.ts'],
    // The end-to-end files boot the whole template; a machine that is busy must not fail them.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // The AWS SDK's notice about Node 20, once per process, would drown what a run has to say.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
