import type { ServiceMapping } from '@devops-mcp/contract';
import type { Report } from './catalog-problem.js';
import type { Entity } from './entity.js';
import { isRecord } from './record.js';
import type { ServiceFiles } from './service-files.js';

/** Where each service's data live, from the services' own files. */
export function createServiceMapping(
  services: readonly Entity[],
  files: ServiceFiles,
  report: Report,
): ServiceMapping {
  const names = services.map((entity) => entity.name);
  const telemetry = new Map(names.map((name) => [name, telemetryNameOf(files, name)]));
  const byTelemetry = new Map<string, string>();
  for (const entity of services) {
    const seenAs = telemetry.get(entity.name) ?? entity.name;
    const other = byTelemetry.get(seenAs);
    if (other === undefined) byTelemetry.set(seenAs, entity.name);
    else
      report({
        code: 'duplicate_name',
        message: `${entity.name} and ${other} are both called ${seenAs} in telemetry; ${other} is used.`,
        hint: 'Give each a telemetry.serviceName of its own in its service file.',
        place: { file: entity.file, document: entity.document, path: ['metadata', 'name'] },
      });
  }
  return {
    telemetryName: (service) => telemetry.get(service) ?? service,
    serviceOf: (telemetryName) => byTelemetry.get(telemetryName) ?? telemetryName,
    setting: (service, path) => settingAt(files.get(service)?.settings, path),
    services: () => names,
  };
}

function telemetryNameOf(files: ServiceFiles, service: string): string {
  const name = settingAt(files.get(service)?.settings, 'telemetry.serviceName');
  return typeof name === 'string' ? name : service;
}

function settingAt(settings: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, step) => (isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined),
      settings,
    );
}
