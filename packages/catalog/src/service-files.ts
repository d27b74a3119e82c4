import type { OwnerLimits } from '@devops-mcp/contract';
import { fileProblem, type Report } from './catalog-problem.js';
import type { Entity } from './entity.js';
import { parseDocuments } from './parse-documents.js';
import type { CatalogFile, CatalogReader } from './read-files.js';
import { readServiceFile, type ServiceFile } from './service-file.js';

/** The annotation that names a service's own file, relative to the entity's. */
const serviceFileAnnotation = 'devops-mcp/service';

export interface ServiceFiles {
  readonly files: readonly CatalogFile[];
  get(service: string): ServiceFile | undefined;
  limits(service: string, environment: string): OwnerLimits | undefined;
}

export async function loadServiceFiles(
  services: readonly Entity[],
  reader: CatalogReader,
  environments: readonly string[] | undefined,
  report: Report,
): Promise<ServiceFiles> {
  const read = new Map<string, ServiceFile>();
  const files: CatalogFile[] = [];
  for (const entity of services) {
    const name = entity.annotations[serviceFileAnnotation];
    if (name === undefined) continue;
    const file = reader.beside(entity.file, name);
    if (typeof file === 'string') {
      report({
        code: 'invalid_service_file',
        message: `The service file of ${entity.name} was not read: ${file}.`,
        hint: `Put the file beside the entity and name it in the annotation ${serviceFileAnnotation}.`,
        place: {
          file: entity.file,
          document: entity.document,
          path: ['metadata', 'annotations', serviceFileAnnotation],
        },
      });
      continue;
    }
    files.push(file);
    const content = await contentOf(file, environments, report);
    if (content !== undefined) read.set(entity.name, content);
  }
  return {
    files,
    get: (service) => read.get(service),
    limits(service, environment) {
      const limits = read.get(service)?.limits;
      return limits !== undefined && Object.hasOwn(limits, environment) ? limits[environment] : undefined;
    },
  };
}

async function contentOf(
  file: CatalogFile,
  environments: readonly string[] | undefined,
  report: Report,
): Promise<ServiceFile | undefined> {
  const { documents, problems } = await parseDocuments(file);
  problems.forEach(report);
  if (problems.length > 0) return undefined;
  if (documents.length !== 1) {
    const message = `A service file holds one document, this one ${documents.length}.`;
    report(fileProblem('invalid_service_file', file.path, message, 'Keep one document in the file.'));
    return undefined;
  }
  return readServiceFile(documents[0], environments, ({ message, path }) =>
    report({
      code: 'invalid_service_file',
      message,
      hint: 'Correct it: until then this part of the file does not count.',
      place: { file, document: 0, path },
    }),
  );
}
