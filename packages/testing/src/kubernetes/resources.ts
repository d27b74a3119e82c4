import type { KubeObject } from './object.js';

/** One resource of the API as discovery describes it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** `status` among them: the main resource keeps its status on an update. */
  readonly subresources: readonly string[];
  /** Whether a change of `spec` counts up `metadata.generation`. */
  readonly generations: boolean;
  /** The version that the store holds when several versions show the same objects. */
  readonly storedAs?: { readonly group: string; readonly version: string };
  /** Reviews are answered and never kept. */
  readonly review?: true;
}

interface Facts extends Partial<Omit<Resource, 'group' | 'version' | 'plural' | 'kind'>> {}

const scalable = ['status', 'scale'];
const all = ['all'];

/** Every resource that the fake knows; the short names and categories are those of `kubectl api-resources`. */
export const resources: readonly Resource[] = [
  resource('v1', 'pods', 'Pod', {
    ...{ shortNames: ['po'], categories: all },
    subresources: ['status', 'log', 'eviction'],
  }),
  resource('v1', 'services', 'Service', { shortNames: ['svc'], categories: all, subresources: ['status'] }),
  resource('v1', 'configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  resource('v1', 'secrets', 'Secret'),
  resource('v1', 'namespaces', 'Namespace', { ...cluster(), shortNames: ['ns'], subresources: ['status'] }),
  resource('v1', 'nodes', 'Node', { ...cluster(), shortNames: ['no'], subresources: ['status'] }),
  resource('v1', 'events', 'Event', { shortNames: ['ev'] }),
  resource('events.k8s.io/v1', 'events', 'Event', {
    shortNames: ['ev'],
    storedAs: { group: '', version: 'v1' },
  }),
  resource('v1', 'replicationcontrollers', 'ReplicationController', {
    ...{ shortNames: ['rc'], categories: all, subresources: scalable, generations: true },
  }),
  resource('v1', 'resourcequotas', 'ResourceQuota', { shortNames: ['quota'], subresources: ['status'] }),
  resource('v1', 'limitranges', 'LimitRange', { shortNames: ['limits'] }),
  resource('v1', 'serviceaccounts', 'ServiceAccount', { shortNames: ['sa'] }),
  resource('v1', 'endpoints', 'Endpoints', { singular: 'endpoints', shortNames: ['ep'] }),
  resource('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', {
    ...{ shortNames: ['pvc'], subresources: ['status'] },
  }),
  resource('apps/v1', 'deployments', 'Deployment', workload('deploy', scalable)),
  resource('apps/v1', 'replicasets', 'ReplicaSet', workload('rs', scalable)),
  resource('apps/v1', 'statefulsets', 'StatefulSet', workload('sts', scalable)),
  resource('apps/v1', 'daemonsets', 'DaemonSet', workload('ds', ['status'])),
  resource('apps/v1', 'controllerrevisions', 'ControllerRevision'),
  resource('batch/v1', 'jobs', 'Job', { categories: all, subresources: ['status'], generations: true }),
  resource('batch/v1', 'cronjobs', 'CronJob', workload('cj', ['status'])),
  resource('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    ...{ shortNames: ['hpa'], categories: all, subresources: ['status'] },
  }),
  resource('autoscaling/v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    ...{ shortNames: ['hpa'], categories: all, subresources: ['status'] },
    storedAs: { group: 'autoscaling', version: 'v2' },
  }),
  resource('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {
    ...{ shortNames: ['pdb'], subresources: ['status'], generations: true },
  }),
  resource('networking.k8s.io/v1', 'ingresses', 'Ingress', {
    ...{ singular: 'ingress', shortNames: ['ing'], subresources: ['status'], generations: true },
  }),
  resource('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice'),
  resource('authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', review()),
  resource('authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', review()),
  resource('authentication.k8s.io/v1', 'selfsubjectreviews', 'SelfSubjectReview', review()),
];

export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Whether a path is of a group and version that there is; any other is no path of the API at all. */
export function isKnownGroup(pathname: string): boolean {
  const [, root, first, second] = pathname.split('/');
  const wanted = root === 'api' ? first : `${first}/${second}`;
  return resources.some((each) => apiVersionOf(each) === wanted);
}

export function findResource(apiVersion: string, plural: string): Resource | undefined {
  return resources.find((each) => each.plural === plural && apiVersionOf(each) === apiVersion);
}

/** The resource of an object, in the version it is written in. Throws for a kind that the fake does not know. */
export function resourceOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): Resource {
  const found = resources.find((each) => each.kind === kind && apiVersionOf(each) === apiVersion);
  if (found === undefined) throw new Error(`the fake cluster has no ${kind} in ${apiVersion}`);
  return found;
}

export function resourceOfKind(kind: string): Resource {
  const found = resources.find((each) => each.kind === kind && each.storedAs === undefined);
  if (found === undefined) throw new Error(`the fake cluster has no kind ${kind}`);
  return found;
}

/** The resource in the version that the store holds. */
export function storedResource(resource: Resource): Resource {
  const { storedAs } = resource;
  return (storedAs && findResource(apiVersionOf(storedAs), resource.plural)) ?? resource;
}

/** `pods`, or with its group `deployments.apps`, as messages name a resource. */
export function qualifiedName({ plural, group }: Pick<Resource, 'plural' | 'group'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function resource(apiVersion: string, plural: string, kind: string, facts: Facts = {}): Resource {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return {
    ...{ group, version, plural, kind, singular: kind.toLowerCase(), namespaced: true },
    ...{ shortNames: [], categories: [], subresources: [], generations: false },
    ...facts,
  };
}

function workload(shortName: string, subresources: readonly string[]): Facts {
  return { shortNames: [shortName], categories: all, subresources, generations: true };
}

function cluster(): Facts {
  return { namespaced: false };
}

function review(): Facts {
  return { namespaced: false, review: true };
}
