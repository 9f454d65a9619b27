import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // files that wait for frameworks leave half of a small machine idle
    maxWorkers: 2,
    reporters: ['default', 'json'],
    // .ci/run reads it
    outputFile: { json: 'coverage/tests.json' },
    projects: [
      // pure functions share one load of the modules
      { extends: true, test: { name: 'judge', isolate: false, include: ['src/{tensor,spec,cases,reference,accept,diff,gate}/**/*.test.ts'] } },
      { extends: true, test: { name: 'harness', include: ['src/{environments,runners,reports,verbs,cli}/**/*.test.ts', 'tools/**/*.test.ts'] } },
    ],
  },
});
