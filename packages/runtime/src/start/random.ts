import { randomBytes } from 'node:crypto';
import type { RandomSource } from '@devops-mcp/governance';

/** The machine's own randomness. */
export const systemRandom: RandomSource = { hex: (bytes) => randomBytes(bytes).toString('hex') };
