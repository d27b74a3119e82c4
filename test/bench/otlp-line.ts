import { generatedServices, instancesPerService } from './generated-services.js';

/** One export request as OTLP JSON (opentelemetry-proto), with a line feed; records are JSON texts. */
export function otlpLine(signal: 'logs' | 'spans', instance: number, records: readonly string[]): string {
  const service = generatedServices[Math.floor(instance / instancesPerService)] ?? 'unknown';
  const pod = `${service}-${(instance * 7_919 + 65_537).toString(36)}-${instance % instancesPerService}`;
  const attributes = [
    text('service.name', service),
    text('service.version', '1.4.2'),
    text('service.namespace', 'bench'),
    text('deployment.environment.name', 'production'),
    text('k8s.pod.name', pod),
    text('k8s.deployment.name', service),
  ];
  const resource = `"resource":{"attributes":[${attributes.join(',')}]}`;
  const scope = `"scope":{"name":"com.example.${service}"}`;
  const body = records.join(',');
  return signal === 'logs'
    ? `{"resourceLogs":[{${resource},"scopeLogs":[{${scope},"logRecords":[${body}]}]}]}\n`
    : `{"resourceSpans":[{${resource},"scopeSpans":[{${scope},"spans":[${body}]}]}]}\n`;
}

/** A string attribute; the value must need no escaping beyond JSON's own. */
export function text(key: string, value: string): string {
  return `{"key":"${key}","value":{"stringValue":${JSON.stringify(value)}}}`;
}
