import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'incidents/**/*.test.ts'], pool: 'threads', testTimeout: 60_000 },
});
