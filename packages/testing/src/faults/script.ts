import type { IncomingMessage } from 'node:http';
import type { Fault, FaultRule } from './fault.js';

/** Rules with what they have counted so far. */
export interface Script {
  faultFor(request: IncomingMessage): Fault | undefined;
}

export function script(rules: readonly FaultRule[]): Script {
  const counts = rules.map(() => 0);
  return {
    faultFor: (request) => {
      for (const [index, rule] of rules.entries()) {
        if (!matches(rule, request)) continue;
        const count = (counts[index] ?? 0) + 1;
        counts[index] = count;
        if (rule.nth === undefined || [rule.nth].flat().includes(count)) return rule.fault;
      }
      return undefined;
    },
  };
}

function matches({ method, path }: FaultRule, request: IncomingMessage): boolean {
  const url = request.url ?? '';
  if (method !== undefined && method !== request.method) return false;
  if (path === undefined) return true;
  return typeof path === 'string' ? url.includes(path) : path.test(url);
}
