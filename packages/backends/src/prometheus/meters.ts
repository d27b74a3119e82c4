import type { MetricConvention } from '@devops-mcp/domain';
import type { Family } from './identities.js';
import type { Matcher } from './promql.js';

/** A counter of requests and the histogram (or summary) of their time, under the names of one convention. */
export interface Meter {
  /** Absent where the histogram's own count is the counter. */
  readonly counters?: readonly string[];
  /** Without the suffixes of histograms. */
  readonly times: readonly { readonly name: string; readonly factor: number }[];
  /** Conditions on every series, such as to count at the server alone. */
  readonly only?: readonly Matcher[];
  /** What marks a failed request; the first whose label the series have decides. */
  readonly failures: readonly Failure[];
}

/** Where a label says that a request failed. */
export interface Failure {
  readonly label: string;
  readonly op: '=' | '=~';
  readonly value: string;
  /** Consulted where the first label is empty, or has any other value, such as 200 before a failed gRPC call. */
  readonly else?: {
    readonly where: 'empty' | 'other';
    readonly label: string;
    readonly op: '=~';
    readonly value: string;
  };
}

const serverErrors = '5..';
/** gRPC codes that are the server's fault: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const grpcErrors =
  '2|4|12|13|14|15|UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS|Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss';

const anyError = { label: 'error_type', op: '=~', value: '.+' } as const;
const http = (label: string): Failure => ({ label, op: '=~', value: serverErrors });
const grpc = (label: string): Failure => ({ label, op: '=~', value: grpcErrors });

const otelFailures: readonly Failure[] = [
  { ...http('http_response_status_code'), else: { where: 'empty', ...anyError } },
  http('http_status_code'),
  grpc('rpc_response_status_code'),
  grpc('rpc_grpc_status_code'),
  anyError,
];
const spanServers: Matcher = {
  label: 'span_kind',
  op: '=~',
  value: 'SPAN_KIND_SERVER|SPAN_KIND_CONSUMER|server|consumer|SERVER|CONSUMER|Server|Consumer',
};
const spanFailures: readonly Failure[] = [
  { label: 'status_code', op: '=~', value: 'STATUS_CODE_ERROR|ERROR|Error' },
];
const statusFailures: readonly Failure[] = [
  http('status'),
  http('code'),
  http('status_code'),
  http('http_status_code'),
  { label: 'outcome', op: '=', value: 'SERVER_ERROR' },
];
const envoyFailures: readonly Failure[] = [
  { label: 'envoy_response_code_class', op: '=', value: '5' },
  http('envoy_response_code'),
];

/** Per convention the meters whose requests are added up; in the order in which conventions are tried. */
export const meters: readonly {
  readonly convention: MetricConvention;
  readonly family: Family;
  readonly of: readonly Meter[];
}[] = [
  {
    convention: 'opentelemetry',
    family: 'application',
    of: [
      {
        times: [
          { name: 'http_server_request_duration_seconds', factor: 1 },
          { name: 'http_server_request_duration', factor: 1 },
          { name: 'http_server_duration_milliseconds', factor: 1e-3 },
          { name: 'http_server_duration_seconds', factor: 1 },
          { name: 'http_server_duration', factor: 1e-3 },
        ],
        failures: otelFailures,
      },
      {
        times: [
          { name: 'rpc_server_call_duration_seconds', factor: 1 },
          { name: 'rpc_server_duration_milliseconds', factor: 1e-3 },
          { name: 'rpc_server_duration_seconds', factor: 1 },
          { name: 'rpc_server_duration', factor: 1e-3 },
        ],
        failures: otelFailures,
      },
    ],
  },
  {
    convention: 'spring',
    family: 'application',
    of: [
      {
        times: [{ name: 'http_server_requests_seconds', factor: 1 }],
        failures: statusFailures,
      },
    ],
  },
  {
    convention: 'istio',
    family: 'istio',
    of: [
      {
        counters: ['istio_requests_total'],
        times: [
          { name: 'istio_request_duration_milliseconds', factor: 1e-3 },
          { name: 'istio_request_duration_seconds', factor: 1 },
        ],
        failures: [
          // 0 is a request that never got an answer.
          {
            label: 'response_code',
            op: '=~',
            value: '5..|0',
            else: { where: 'other', label: 'grpc_response_status', op: '=~', value: grpcErrors },
          },
        ],
      },
    ],
  },
  {
    convention: 'opentelemetry',
    family: 'application',
    of: [
      {
        counters: ['traces_spanmetrics_calls_total', 'traces_span_metrics_calls_total', 'calls_total'],
        times: [
          { name: 'traces_spanmetrics_latency', factor: 1 },
          { name: 'traces_spanmetrics_duration_seconds', factor: 1 },
          { name: 'traces_span_metrics_duration_milliseconds', factor: 1e-3 },
          { name: 'traces_span_metrics_duration_seconds', factor: 1 },
          { name: 'duration_milliseconds', factor: 1e-3 },
          { name: 'duration_seconds', factor: 1 },
        ],
        only: [spanServers],
        failures: spanFailures,
      },
    ],
  },
  {
    convention: 'envoy',
    family: 'envoy',
    of: [
      {
        counters: [
          'envoy_cluster_upstream_rq_xx',
          'envoy_cluster_upstream_rq',
          'envoy_cluster_upstream_rq_total',
        ],
        times: [{ name: 'envoy_cluster_upstream_rq_time', factor: 1e-3 }],
        failures: envoyFailures,
      },
    ],
  },
  {
    convention: 'envoy',
    family: 'application',
    of: [
      {
        counters: ['envoy_http_downstream_rq_xx', 'envoy_http_downstream_rq_total'],
        times: [{ name: 'envoy_http_downstream_rq_time', factor: 1e-3 }],
        failures: envoyFailures,
      },
    ],
  },
  {
    convention: 'custom',
    family: 'application',
    of: [
      {
        counters: ['http_requests_total', 'http_server_requests_total'],
        times: [
          { name: 'http_request_duration_seconds', factor: 1 },
          { name: 'http_request_duration_milliseconds', factor: 1e-3 },
        ],
        failures: statusFailures,
      },
      {
        counters: ['grpc_server_handled_total'],
        times: [{ name: 'grpc_server_handling_seconds', factor: 1 }],
        failures: [grpc('grpc_code')],
      },
    ],
  },
];
