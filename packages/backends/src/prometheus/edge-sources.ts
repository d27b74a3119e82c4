import type { Matcher } from './promql.js';

/** Metrics of one product whose series name both ends of a call. */
export interface EdgeSource {
  readonly title: string;
  /** Counter of calls. */
  readonly requests: string;
  readonly failures: { readonly metric: string; readonly only: readonly Matcher[] };
  /** Histogram of their time without its suffixes, and what turns it into seconds. */
  readonly times: { readonly name: string; readonly factor: number };
  /** Label pairs in the order in which they are tried. */
  readonly ends: readonly { readonly from: string; readonly to: string }[];
  readonly only: readonly Matcher[];
  /** Label that tells calls, messages and databases apart. */
  readonly kindLabel?: string;
  /** Who counts a call, best first, where both ends do. */
  readonly reporters?: readonly string[];
}

export const edgeSources: readonly EdgeSource[] = [
  {
    title: 'service graphs',
    requests: 'traces_service_graph_request_total',
    failures: { metric: 'traces_service_graph_request_failed_total', only: [] },
    times: { name: 'traces_service_graph_request_server_seconds', factor: 1 },
    ends: [{ from: 'client', to: 'server' }],
    only: [],
    kindLabel: 'connection_type',
  },
  {
    title: 'Istio',
    requests: 'istio_requests_total',
    failures: {
      metric: 'istio_requests_total',
      only: [{ label: 'response_code', op: '=~', value: '5..|0' }],
    },
    times: { name: 'istio_request_duration_milliseconds', factor: 1e-3 },
    ends: [
      { from: 'source_canonical_service', to: 'destination_canonical_service' },
      { from: 'source_workload', to: 'destination_workload' },
      { from: 'source_app', to: 'destination_app' },
    ],
    only: [],
    reporters: ['destination', 'waypoint', 'source'],
  },
  {
    title: 'Linkerd',
    requests: 'response_total',
    failures: { metric: 'response_total', only: [{ label: 'classification', op: '=', value: 'failure' }] },
    times: { name: 'response_latency_ms', factor: 1e-3 },
    ends: [
      { from: 'deployment', to: 'dst_deployment' },
      { from: 'workload_name', to: 'dst_deployment' },
      { from: 'deployment', to: 'dst_service' },
    ],
    only: [{ label: 'direction', op: '=', value: 'outbound' }],
  },
];
