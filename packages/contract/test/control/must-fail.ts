import { defineAction } from '../../src/index.js';

// Must not compile: `type-tests.test.ts` checks that the compiler refuses it.
defineAction({ name: 'destroy_everything', riskTier: 4 });
