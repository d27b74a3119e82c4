import type { MetricConvention } from '@devops-mcp/domain';
import { isFields, textOf } from '../decode/values.js';
import type { Session } from '../port-context.js';
import type { InventoryRow } from './inventory.js';
import { type Candidate, ownSource, type Reading, signalSources } from './signal-sources.js';

/** What a service's signal is read from. */
export interface Chosen {
  readonly signal: string;
  readonly unit: string;
  readonly convention: MetricConvention;
  readonly metrics: readonly string[];
  readonly reading: Reading;
}

export type Choice = Chosen | { readonly signal: string; readonly tried: readonly string[] };

/**
 * The first candidate of a signal that the service has data for; otherwise what was tried.
 * A success share that is zero in every sample is what exporters write that do not measure it, and
 * is passed over.
 */
export function chooseSource(
  session: Session,
  service: string,
  signal: string,
  inventory: readonly InventoryRow[],
): Choice {
  const candidates = candidatesOf(session, service, signal);
  const tried: string[] = [];
  for (const candidate of candidates) {
    const metrics = matching(candidate, inventory);
    const unmeasured = metrics.length > 0 && neverMeasured(candidate.reading, metrics, inventory);
    if (metrics.length > 0 && !unmeasured)
      return {
        signal,
        unit: candidate.unit,
        convention: candidate.convention,
        metrics,
        reading: candidate.reading,
      };
    tried.push(describe(candidate, unmeasured ? metrics : undefined));
  }
  return { signal, tried };
}

export function isChosen(choice: Choice): choice is Chosen {
  return 'metrics' in choice;
}

/** Names of the signals that the owner of a service added in the catalog. */
export function ownSignals(session: Session, service: string): readonly string[] {
  const signals = session.services.setting(service, 'signals');
  return isFields(signals) ? Object.keys(signals) : [];
}

function candidatesOf(session: Session, service: string, signal: string): readonly Candidate[] {
  const signals = session.services.setting(service, 'signals');
  const own = isFields(signals) ? signals[signal] : undefined;
  if (isFields(own) && textOf(own.metric) !== '') {
    const kind = own.kind === 'rate' ? 'rate' : 'gauge';
    return [ownSource({ metric: textOf(own.metric), unit: textOf(own.unit) || 'count', kind })];
  }
  return signalSources[signal] ?? [];
}

function matching(candidate: Candidate, inventory: readonly InventoryRow[]): readonly string[] {
  const { pattern } = candidate;
  if (pattern !== undefined) {
    const names = inventory
      .filter((row) => row.kind === 0 && pattern.test(row.metric))
      .map((row) => row.metric);
    // One gauge answers: that of the server side when there are several.
    const best = names.find((name) => name.includes('server')) ?? names[0];
    return best === undefined ? [] : [best];
  }
  const usable = new Set(
    inventory.filter((row) => isUsable(candidate.reading, row)).map((row) => row.metric),
  );
  return candidate.metrics.flatMap((names) => names.find((name) => usable.has(name)) ?? []);
}

/** A latency needs a distribution; requests need something that counts; the rest takes what there is. */
function isUsable(reading: Reading, row: InventoryRow): boolean {
  if (reading.how !== 'requests') return row.kind <= 1;
  if (reading.want === 'latency') return row.kind >= 2;
  return row.kind >= 1;
}

function neverMeasured(
  reading: Reading,
  metrics: readonly string[],
  inventory: readonly InventoryRow[],
): boolean {
  if (reading.how !== 'gauge' || reading.inverted !== true) return false;
  return inventory.every((row) => !metrics.includes(row.metric) || row.largest === 0);
}

function describe(candidate: Candidate, unmeasured: readonly string[] | undefined): string {
  if (unmeasured !== undefined)
    return `${candidate.convention}: ${unmeasured.join(', ')} (zero in every sample)`;
  const names = candidate.metrics.flat().slice(0, 4).join(', ');
  return `${candidate.convention}: ${names || 'a gauge with such a name'}`;
}
