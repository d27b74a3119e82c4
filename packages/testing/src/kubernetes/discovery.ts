import type { Fields } from './object.js';
import { apiVersionOf, type Resource, resources } from './resources.js';

const version = {
  ...{
    major: '1',
    minor: '32',
    gitVersion: 'v1.32.4',
    gitCommit: '59526cd4867447956156ae3a602fcbac10a2c335',
  },
  ...{
    gitTreeState: 'clean',
    buildDate: '2025-04-22T15:57:33Z',
    goVersion: 'go1.23.6',
    compiler: 'gc',
    platform: 'linux/amd64',
  },
};

/** What clients ask before they know a resource; undefined for a path that is none of these. */
export function discovery(pathname: string, address: string): Fields | string | undefined {
  const path = pathname.replace(/\/$/, '');
  if (path === '/version') return version;
  if (['/healthz', '/livez', '/readyz'].includes(path)) return 'ok';
  if (path === '/api') return coreVersions(address);
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames().map(groupOf) };
  if (path === '/openapi/v3') return openApiPaths();
  const [, documented] = /^\/openapi\/v3\/apis?\/(.+)$/.exec(path) ?? [];
  if (documented !== undefined) return openApiOf(documented);
  if (path === '/api/v1') return resourceList('v1');
  const [, group, groupVersion] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (group === undefined || !groupNames().includes(group)) return undefined;
  if (groupVersion === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) };
  const name = `${group}/${groupVersion}`;
  return resources.some((each) => apiVersionOf(each) === name) ? resourceList(name) : undefined;
}

function coreVersions(address: string): Fields {
  const serverAddress = address.replace(/^https?:\/\//, '');
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

function groupNames(): readonly string[] {
  return [...new Set(resources.map(({ group }) => group))].filter((group) => group !== '');
}

function groupOf(name: string): Fields {
  const own = resources.filter(({ group }) => group === name);
  const versions = [...new Set(own.map((each) => each.version))].map((each) => ({
    groupVersion: `${name}/${each}`,
    version: each,
  }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourceList(groupVersion: string): Fields {
  const own = resources.filter((each) => apiVersionOf(each) === groupVersion);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: own.flatMap(described) };
}

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function described(resource: Resource): readonly Fields[] {
  const { plural, singular, kind, namespaced, shortNames, categories, subresources } = resource;
  const main = {
    ...{
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs: resource.review ? ['create'] : allVerbs,
    },
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
  return [
    main,
    ...subresources.map((each) => ({
      name: `${plural}/${each}`,
      singularName: '',
      namespaced,
      ...facts(each, kind),
    })),
  ];
}

function facts(subresource: string, kind: string): Fields {
  if (subresource === 'scale')
    return { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] };
  if (subresource === 'eviction')
    return { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] };
  return { kind, verbs: subresource === 'log' ? ['get'] : ['get', 'patch', 'update'] };
}

function openApiPaths(): Fields {
  const versions = [...new Set(resources.map(apiVersionOf))];
  const pathOf = (each: string) => (each.includes('/') ? `apis/${each}` : `api/${each}`);
  return {
    paths: Object.fromEntries(
      versions.map((each) => [pathOf(each), { serverRelativeURL: `/openapi/v3/${pathOf(each)}` }]),
    ),
  };
}

/** As much of the published schema as `kubectl` reads before a write: which parameters a PATCH takes. */
function openApiOf(groupVersion: string): Fields {
  const own = resources.filter((each) => apiVersionOf(each) === groupVersion && each.review === undefined);
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  const root = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
  const paths = own.map(({ plural, kind, group, version: of, namespaced }) => [
    `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`,
    {
      patch: {
        parameters,
        responses: {},
        'x-kubernetes-action': 'patch',
        'x-kubernetes-group-version-kind': { group, version: of, kind },
      },
    },
  ]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: version.gitVersion },
    paths: Object.fromEntries(paths),
    components: { schemas: {} },
  };
}
