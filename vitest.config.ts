import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'std/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'fixtures/**'],
    globalSetup: ['test/install-packages.ts'],
    // By default one core stays idle, and of two cores one would work.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
