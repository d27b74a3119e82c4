import { ToolError } from '@devops-mcp/contract';
import { closestNames, didYouMean, type ServiceEntry, standardSignals } from '@devops-mcp/domain';

/** Words that people use for several signals at once. */
const groups: Readonly<Record<string, readonly string[]>> = {
  latency: ['latency_p50', 'latency_p95', 'latency_p99'],
  saturation: ['cpu', 'memory'],
};

/**
 * The signals that are meant, without repeats. Rejects with `invalid_input`, naming the closest ones,
 * for a name that is neither a standard signal nor one that the service's catalog entry defines.
 */
export function expandSignals(asked: readonly string[], entry: ServiceEntry | undefined): readonly string[] {
  const own = Object.keys(entry?.signals ?? {});
  const known = new Set<string>([...standardSignals, ...own]);
  const expanded = new Set<string>();
  for (const name of asked) {
    const meant = groups[name] ?? [name];
    for (const signal of meant) {
      if (!known.has(signal)) throw unknownSignal(signal, [...known, ...Object.keys(groups)]);
      expanded.add(signal);
    }
  }
  return [...expanded];
}

function unknownSignal(signal: string, known: readonly string[]): ToolError {
  const closest = closestNames(signal, known);
  const hint = didYouMean(closest, `Known signals: ${known.join(', ')}.`);
  return new ToolError('invalid_input', `There is no signal ${signal}.`, {
    hint: `${hint} Further signals are named under signals in the service's devops-mcp.service.yaml.`,
    details: { known: closest },
  });
}
