import { ToolError } from '@devops-mcp/contract';

/** What a path of the API addresses. */
export interface ApiPath {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly subresource: string | null;
}

/** Resources of the kinds that the suite reads which lie in no namespace. */
const clusterScoped: ReadonlySet<string> = new Set(['namespaces', 'nodes', 'persistentvolumes']);
const helmReleases = 'type=helm.sh/release.v1';

/**
 * Reads `/api/v1/namespaces/shop/pods/x/eviction` and `/apis/apps/v1/deployments`. Undefined for what is
 * no resource, such as `/version`. Rejects paths that an address parser would change.
 * Source: the Kubernetes API concepts, "Resource URIs".
 */
export function readApiPath(path: string): ApiPath | undefined {
  if (!/^(\/[A-Za-z0-9_][A-Za-z0-9_.:-]*)+$/.test(path))
    throw new ToolError('invalid_input', 'This is not a name that Kubernetes allows.', {
      hint: 'Names hold lower case letters, digits, "-" and ".".',
    });
  const [root, ...rest] = path.slice(1).split('/');
  if (root !== 'api' && root !== 'apis') return undefined;
  const [group = '', version = '', ...address] = root === 'api' ? ['', ...rest] : rest;
  const first = address[0];
  if (first === undefined) return undefined;
  const inNamespace = first === 'namespaces' && address.length > 2;
  const [resource = '', name = null, subresource = null] = inNamespace ? address.slice(2) : address;
  const namespace = inNamespace ? (address[1] ?? null) : null;
  return { group, version, resource, namespace, name, subresource };
}

/** The same address in one namespace. */
export function inNamespace(path: ApiPath, namespace: string): string {
  const root = path.group === '' ? `/api/${path.version}` : `/apis/${path.group}/${path.version}`;
  return `${root}/namespaces/${namespace}/${path.resource}`;
}

/** Names the rule that a request needs: `list on deployments.apps in the namespace shop`. */
export function ruleOf(verb: string, path: ApiPath | undefined): string {
  if (path === undefined) return `${verb} on this address`;
  const { group, resource, subresource, namespace } = path;
  const what = `${resource}${subresource === null ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`;
  if (clusterScoped.has(resource)) return `${verb} on ${what}`;
  return `${verb} on ${what} ${namespace === null ? 'in all namespaces' : `in the namespace ${namespace}`}`;
}

/**
 * Rejects with `denied` what lies outside the allowed namespaces, and every secret but a list of Helm's
 * releases where `helm` is set. Runs before any request.
 */
export function guardPath(
  path: string,
  allowed: { readonly namespaces: readonly string[] | null; readonly helm: boolean },
  request: { readonly lists: boolean; readonly fieldSelector?: string | undefined },
): ApiPath | undefined {
  const address = readApiPath(path);
  if (address === undefined) return undefined;
  if (address.resource === 'secrets') guardSecrets(address, allowed.helm, request);
  const { namespaces } = allowed;
  if (namespaces === null || isReview(address)) return address;
  const named = address.resource === 'namespaces' ? address.name : address.namespace;
  if (named !== null && namespaces.includes(named)) return address;
  if (named === null && request.lists && !clusterScoped.has(address.resource)) return address;
  throw new ToolError(
    'denied',
    named === null
      ? `${address.resource} lie in no namespace, and the configuration allows only some namespaces.`
      : `The namespace ${named} is not among those that the configuration allows.`,
    { hint: `Allowed are ${namespaces.slice(0, 20).join(', ')}.` },
  );
}

/** Reviews of access and identity belong to nobody's namespace. */
function isReview({ group }: ApiPath): boolean {
  return group === 'authorization.k8s.io' || group === 'authentication.k8s.io';
}

function guardSecrets(
  { name }: ApiPath,
  helm: boolean,
  { lists, fieldSelector }: { readonly lists: boolean; readonly fieldSelector?: string | undefined },
): void {
  if (helm && lists && name === null && fieldSelector === helmReleases) return;
  throw new ToolError('denied', 'Secrets are never read or changed.', {
    hint: 'Only the releases of Helm are, where helm: true is set.',
  });
}
