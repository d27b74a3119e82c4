import { first } from './resource.js';
import { bounded, numberOf } from './values.js';

/** What a data point's attributes say about the requests it counts. */
export interface PointOutcome {
  /** The service the point is about: the resource's, except for meshes that report on others. */
  readonly service: string;
  readonly operation: string | null;
  readonly failed: boolean;
}

type Attributes = Readonly<Record<string, string>>;

/** gRPC codes that are the server's fault: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const grpcFailures = new Set([
  '2',
  '4',
  '12',
  '13',
  '14',
  '15',
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

/**
 * Undefined for points that would count requests twice: a mesh reports each request at its source and
 * at its destination, and the destination's own report is the one that is kept.
 */
export function outcomeOf(metric: string, attributes: Attributes, service: string): PointOutcome | undefined {
  if (metric.startsWith('istio_')) {
    if (attributes.reporter === 'source') return undefined;
    const destination = first(attributes, [
      'destination_canonical_service',
      'destination_service_name',
      'destination_workload',
      'destination_app',
    ]);
    return {
      service: destination ?? service,
      operation: operationOf(attributes),
      failed: failed(attributes),
    };
  }
  return { service, operation: operationOf(attributes), failed: failed(attributes) };
}

function failed(attributes: Attributes): boolean {
  const status = first(attributes, [
    'http.response.status_code',
    'http.status_code',
    'status',
    'response_code',
    'code',
  ]);
  if (status !== null && /^\d{3}$/.test(status)) {
    if ((numberOf(status) ?? 0) >= 500) return true;
    // Istio gives 200 for gRPC whatever its own status is.
    return grpcFailed(attributes.grpc_response_status);
  }
  if (attributes.envoy_response_code_class !== undefined) return attributes.envoy_response_code_class === '5';
  if (attributes.outcome !== undefined) return attributes.outcome === 'SERVER_ERROR';
  const rpc = attributes['rpc.response.status_code'] ?? attributes['rpc.grpc.status_code'];
  if (rpc !== undefined) return grpcFailed(rpc);
  return (attributes['error.type'] ?? '') !== '' || attributes['status.code'] === 'STATUS_CODE_ERROR';
}

function grpcFailed(status: string | undefined): boolean {
  return status !== undefined && grpcFailures.has(status);
}

function operationOf(attributes: Attributes): string | null {
  const rpc = first(attributes, ['rpc.method', 'grpc_method']);
  if (rpc !== null) {
    const service = attributes['rpc.service'];
    return bounded(service === undefined || rpc.includes('/') ? rpc : `${service}/${rpc}`, 200);
  }
  const route = first(attributes, ['http.route', 'uri', 'request_path', 'span.name']);
  if (route === null) return null;
  const method = first(attributes, ['http.request.method', 'http.method', 'method']);
  return bounded(method === null ? route : `${method} ${route}`, 200);
}
