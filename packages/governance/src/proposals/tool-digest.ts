import type { AnyAction } from '@devops-mcp/contract';
import { z } from 'zod';
import { digestOf } from './digest.js';

const digests = new WeakMap<AnyAction, string>();

/**
 * SHA-256, hex, of everything that a definition promises. Computed on first use, because turning
 * schemas into JSON Schema is too slow for a cold start.
 */
export function toolDigest(action: AnyAction): string {
  const known = digests.get(action);
  if (known !== undefined) return known;
  const digest = digestOf('devops-mcp/tool-definition/v1', {
    name: action.name,
    title: action.title,
    description: action.description,
    riskTier: action.riskTier,
    input: z.toJSONSchema(action.input, { io: 'input' }),
    environments: action.environments,
    blastRadius: action.blastRadius,
    reversal: action.reversal,
    limits: action.limits,
    ports: Object.keys(action.ports).sort(),
  });
  digests.set(action, digest);
  return digest;
}
