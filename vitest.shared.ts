import { defineConfig } from 'vitest/config';

/** Tests run from source: the condition points workspace imports at `src` instead of `dist`. */
export const sharedConfig = defineConfig({
  resolve: { conditions: ['@devops-mcp/source'] },
  ssr: { resolve: { conditions: ['@devops-mcp/source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
