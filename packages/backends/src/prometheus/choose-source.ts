import type { ServiceMapping } from '@devops-mcp/contract';
import type { MetricConvention } from '@devops-mcp/domain';
import { isRecord } from '../record.js';
import { type Identity, identitiesOf } from './identities.js';
import type { Failure, Meter } from './meters.js';
import type { PrometheusConfig } from './prometheus-config.js';
import type { Matcher } from './promql.js';
import { type Candidate, type Named, ownSources, type Reading, signalSources } from './signal-sources.js';

/** One metric of a signal. */
export interface Source {
  readonly name: string;
  readonly kind: 'counter' | 'classic' | 'native' | 'summary' | 'gauge';
  readonly factor: number;
  readonly only: readonly Matcher[];
  readonly failures: readonly Failure[];
}

/** What a service's signal may be read from. */
export interface Chosen {
  readonly signal: string;
  readonly unit: string;
  readonly convention: MetricConvention;
  readonly reading: Reading;
  readonly identity: Identity;
  readonly sources: readonly Source[];
}

export interface Choice {
  readonly signal: string;
  /** Best first. */
  readonly found: readonly Chosen[];
  /** Conventions and metrics that were looked for and are not there. */
  readonly tried: readonly string[];
}

/** Names of metrics by the label under which they name a service. */
export type Inventory = ReadonlyMap<string, ReadonlySet<string>>;

export function keyOf({ family, label }: Identity): string {
  return `${family} ${label}`;
}

/** What there is for a signal of a service, and what was looked for besides. */
export function chooseSource(
  { config, services }: { readonly config: PrometheusConfig; readonly services: ServiceMapping },
  service: string,
  signal: string,
  inventory: Inventory,
): Choice {
  const identities = identitiesOf(config);
  const found: Chosen[] = [];
  const tried: string[] = [];
  for (const candidate of candidatesOf(config, services, service, signal)) {
    const chosen = identities
      .filter(({ family }) => family === candidate.family)
      .flatMap((identity) => {
        const sources = sourcesIn(candidate, inventory.get(keyOf(identity)) ?? new Set());
        return sources.length === 0 ? [] : [{ identity, sources }];
      })[0];
    const { unit, convention, reading } = candidate;
    if (chosen !== undefined) found.push({ signal, unit, convention, reading, ...chosen });
    else tried.push(describe(candidate));
  }
  return { signal, found, tried: [...new Set(tried)] };
}

/** Names of the signals that the owner of a service added in the catalog. */
export function ownSignals(services: ServiceMapping, service: string): readonly string[] {
  const signals = services.setting(service, 'signals');
  return isRecord(signals) ? Object.keys(signals) : [];
}

/** The names that a signal may be read from but buckets, for looking at all services at once. */
export function knownAmong(
  { config, services }: { readonly config: PrometheusConfig; readonly services: ServiceMapping },
  names: ReadonlySet<string>,
): readonly string[] {
  const own = services
    .services()
    .flatMap((service) =>
      ownSignals(services, service).flatMap((signal) => candidatesOf(config, services, service, signal)),
    );
  const candidates = [...Object.values(signalSources).flat().filter(allowedBy(config)), ...own];
  const known = new Set(candidates.flatMap(namesOf));
  const patterns = candidates.flatMap(({ pattern }) => pattern ?? []);
  return [...names]
    .filter((name) => known.has(name) || patterns.some((pattern) => pattern.test(name)))
    .sort();
}

function candidatesOf(
  config: PrometheusConfig,
  services: ServiceMapping,
  service: string,
  signal: string,
): readonly Candidate[] {
  const signals = services.setting(service, 'signals');
  const own = isRecord(signals) && Object.hasOwn(signals, signal) ? signals[signal] : undefined;
  if (isRecord(own) && typeof own.metric === 'string' && own.metric !== '') {
    const unit = typeof own.unit === 'string' && own.unit !== '' ? own.unit : 'count';
    return ownSources({ metric: own.metric, unit, kind: own.kind === 'rate' ? 'rate' : 'gauge' });
  }
  const known = Object.hasOwn(signalSources, signal) ? signalSources[signal] : undefined;
  return (known ?? []).filter(allowedBy(config));
}

function allowedBy({ conventions }: PrometheusConfig): (candidate: Candidate) => boolean {
  return ({ convention }) => conventions === undefined || conventions.includes(convention);
}

function sourcesIn(candidate: Candidate, names: ReadonlySet<string>): readonly Source[] {
  const { reading, pattern, meters } = candidate;
  if (meters !== undefined && reading.how === 'requests')
    return alike(meters.flatMap((meter) => meterSource(meter, reading.want, names) ?? []));
  const only = candidate.family === 'kubernetes' ? containers : [];
  const kind = reading.how === 'gauge' ? 'gauge' : 'counter';
  if (pattern !== undefined) {
    const matching = [...names].filter((name) => pattern.test(name)).sort();
    // One gauge answers: that of the server side when there are several.
    const name = matching.find((candidate) => candidate.includes('server')) ?? matching[0];
    const factor = name !== undefined && candidate.unit === 's' ? secondsPerUnit(name) : 1;
    return name === undefined ? [] : [{ name, kind, factor, only, failures: [] }];
  }
  const found = candidate.metrics.find(({ name }) => names.has(name));
  return found === undefined ? [] : [{ ...found, kind, only, failures: [] }];
}

/** cAdvisor also reports a pod as a whole and the container that holds its network. */
const containers: readonly Matcher[] = [
  { label: 'container', op: '!=', value: '' },
  { label: 'container', op: '!=', value: 'POD' },
];

function meterSource(
  { counters = [], times, only = [], failures }: Meter,
  want: 'rate' | 'errors' | 'latency',
  names: ReadonlySet<string>,
): Source | undefined {
  const common = { only, failures };
  const counter = want === 'latency' ? undefined : counters.find((name) => names.has(name));
  if (counter !== undefined) return { ...common, name: counter, kind: 'counter', factor: 1 };
  for (const { name, factor } of times) {
    const count = `${name}_count`;
    if (want !== 'latency' && names.has(count)) return { ...common, name: count, kind: 'counter', factor: 1 };
    const kind = kindOf(name, names);
    if (kind === undefined || (want !== 'latency' && kind !== 'native')) continue;
    const metric = kind === 'classic' ? `${name}_bucket` : name;
    return { ...common, name: metric, kind, factor: want === 'latency' ? factor : 1 };
  }
  return undefined;
}

/** A native histogram is one series under its bare name; the others have a series for their count. */
function kindOf(name: string, names: ReadonlySet<string>): 'classic' | 'native' | 'summary' | undefined {
  if (names.has(`${name}_bucket`)) return 'classic';
  if (!names.has(name)) return undefined;
  return names.has(`${name}_count`) ? 'summary' : 'native';
}

/** Buckets of different units cannot be added up: the first meter decides. */
function alike(sources: readonly Source[]): readonly Source[] {
  const [first] = sources;
  if (first === undefined || first.kind === 'summary') return sources.slice(0, 1);
  return sources.filter(({ kind, factor }) => kind === first.kind && factor === first.factor);
}

function secondsPerUnit(name: string): number {
  if (/_(milliseconds|millis|ms)(_|$)/.test(name)) return 1e-3;
  return /_(microseconds|us)(_|$)/.test(name) ? 1e-6 : 1;
}

function namesOf({ metrics, meters = [] }: Candidate): readonly string[] {
  const timed = meters.flatMap(({ counters = [], times }) => [
    ...counters,
    ...times.flatMap(({ name }) => [name, `${name}_count`]),
  ]);
  return [...metrics.map(({ name }: Named) => name), ...timed];
}

function describe(candidate: Candidate): string {
  const { convention, metrics, meters = [], pattern } = candidate;
  if (pattern !== undefined) return `${convention}: a gauge with such a name`;
  const names = meters.flatMap(({ counters, times }) => counters ?? times.map(({ name }) => name));
  return `${convention}: ${[...metrics.map(({ name }) => name), ...names].slice(0, 4).join(', ')}`;
}
