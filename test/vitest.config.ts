import { mergeConfig } from 'vitest/config';
// @boundaries-ignore one test configuration serves every package
import { sharedConfig } from '../vitest.shared.js';

export default mergeConfig(sharedConfig, {
  test: {
    include: ['**/*.test.ts'],
    globalSetup: ['end-to-end/world/shared-folder.ts'],
    exclude: ['tools/**', 'node_modules/**', 'bench/peers/programs/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
