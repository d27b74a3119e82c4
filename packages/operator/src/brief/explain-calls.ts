import { serverNames } from '../mcp/server-bins.js';
import type { CallTime } from './ask.js';

/** Calls and time by server, for `--explain`: a line for each server, its calls in the order of their ends. */
export function explainCalls(times: readonly CallTime[]): readonly string[] {
  const calls = times.filter(({ tool }) => tool !== null);
  const lines = serverNames.flatMap((server) => {
    const own = times.filter((time) => time.server === server);
    if (own.length === 0) return [];
    const started = own.find(({ tool }) => tool === null);
    const made = own.flatMap(({ tool, ms }) => (tool === null ? [] : [`${tool} ${seconds(ms)}`]));
    return [
      `  ${server}: started in ${seconds(started?.ms ?? 0)}; ${made.length === 0 ? 'no calls' : made.join(', ')}`,
    ];
  });
  return [`${calls.length} calls to ${lines.length} servers`, ...lines];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
