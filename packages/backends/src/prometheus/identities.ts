import type { PrometheusConfig } from './prometheus-config.js';
import { literal, type Matcher } from './promql.js';

/** Which labels name the service that a metric is about. */
export type Family = 'application' | 'istio' | 'envoy' | 'kubernetes';

/** A label whose value names a service, directly or in the way of its kind. */
export interface Identity {
  readonly family: Family;
  readonly label: string;
  readonly kind: 'plain' | 'job' | 'cluster' | 'pod';
}

/** What is not a service although a label names it so. */
const sidecars: ReadonlySet<string> = new Set([
  '',
  'unknown',
  'POD',
  'istio-proxy',
  'istio-init',
  'linkerd-proxy',
  'linkerd-init',
  'envoy',
]);

/** A pod's name after that of its deployment, replica set, stateful or daemon set (Kubernetes' safe letters). */
const podSuffix =
  '-(?:[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}|[bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]{1,3})';
const podName = new RegExp(`^(.+?)${podSuffix}$`);

/** In the order in which they are tried. */
export function identitiesOf(config: PrometheusConfig): readonly Identity[] {
  const own = config.labels.service;
  const application = own === undefined ? ['service_name', 'job', 'service', 'application', 'app'] : [own];
  const plain = (family: Family) => (label: string) => ({ family, label, kind: kindOf(label) }) as const;
  return [
    ...application.map(plain('application')),
    ...[
      'destination_canonical_service',
      'destination_workload',
      'destination_service_name',
      'destination_app',
    ].map(plain('istio')),
    { family: 'envoy', label: 'envoy_cluster_name', kind: 'cluster' },
    { family: 'kubernetes', label: 'container', kind: 'plain' },
    { family: 'kubernetes', label: 'pod', kind: 'pod' },
  ];
}

/** What series of a service have in this label. The job of OTLP is `namespace/name`. */
export function matcherOf({ label, kind }: Identity, name: string): Matcher {
  const pattern = literal(name);
  if (kind === 'job' && !name.includes('/')) return { label, op: '=~', value: `(?:.+/)?${pattern}` };
  if (kind === 'cluster')
    return { label, op: '=~', value: `(?:outbound\\|[0-9]*\\|[^|]*\\|)?${pattern}(?:\\..*)?` };
  if (kind === 'pod') return { label, op: '=~', value: `${pattern}${podSuffix}` };
  return { label, op: '=', value: name };
}

/** The service that a label's value names; undefined for what is none. */
export function nameIn({ kind }: Identity, value: string): string | undefined {
  const name = named(kind, value);
  return name === undefined || sidecars.has(name) ? undefined : name;
}

function named(kind: Identity['kind'], value: string): string | undefined {
  if (kind === 'job') return value.slice(value.lastIndexOf('/') + 1);
  if (kind === 'pod') return podName.exec(value)?.[1];
  if (kind !== 'cluster') return value;
  if (value.startsWith('inbound|')) return undefined;
  return value.slice(value.lastIndexOf('|') + 1).split('.')[0];
}

function kindOf(label: string): Identity['kind'] {
  return label === 'job' ? 'job' : 'plain';
}
