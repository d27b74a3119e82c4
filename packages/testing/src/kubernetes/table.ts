import type { ApiRequest } from './api-request.js';
import type { Fields, KubeObject } from './object.js';
import { storedResource } from './resources.js';
import { columnsOf } from './table-columns.js';
import { storedAs } from './versions.js';

export function wantsTable(accept: string): boolean {
  return (accept.split(',')[0] ?? '').includes('as=Table');
}

/** `meta.k8s.io/v1 Table`: the columns that `kubectl get` prints, and of each object its metadata. */
export function asTable(
  { resource, query }: ApiRequest,
  objects: readonly KubeObject[],
  metadata: Fields,
): Fields {
  const columns = columnsOf(resource.kind);
  const include = query.get('includeObject') ?? 'Metadata';
  return {
    ...{ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata },
    columnDefinitions: columns.map(({ name, type = 'string', format = '', priority = 0 }) => ({
      name,
      type,
      format,
      description: `${name} of the ${resource.kind}`,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(storedAs(resource, storedResource(resource), object))),
      ...objectOf(include, object),
    })),
  };
}

function objectOf(include: string, object: KubeObject): Fields {
  if (include === 'None') return {};
  if (include === 'Object') return { object };
  return {
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  };
}
