import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/services/start-services.ts'],
    // Real servers, real ffmpeg, two cores: a slow machine is no failure, so limits are wide.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: 'forks',
    // Many tests wait for heartbeats to time out: a third worker uses what two leave idle.
    maxWorkers: 3,
  },
});
