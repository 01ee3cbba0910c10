import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/services/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/services/start-services.ts'],
    // Real servers, real ffmpeg, two cores: a slow machine is no failure, so limits are wide.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // Many tests wait for other processes: further workers use what two leave idle.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
  },
});
