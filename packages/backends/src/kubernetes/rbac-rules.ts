import { type RbacRule, type RolePlace, roleManifest } from './role-manifest.js';

const read = ['get', 'list'] as const;

/** Everything that reading asks of the cluster. Nothing is watched, and no secret is read. */
export const readerRules: readonly RbacRule[] = [
  {
    ...{ apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets'], verbs: read },
    why: 'what runs and how its rollout stands',
  },
  {
    ...{ apiGroups: ['apps'], resources: ['replicasets', 'controllerrevisions'], verbs: read },
    why: 'what was deployed, and the differences',
  },
  { apiGroups: [''], resources: ['pods'], verbs: read, why: 'which pods are ill' },
  { apiGroups: [''], resources: ['events'], verbs: ['list'], why: 'why they are' },
  { apiGroups: [''], resources: ['resourcequotas'], verbs: ['list'], why: 'quotas that are used up' },
  {
    ...{ apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'] },
    why: 'autoscalers and what blocks them',
  },
  {
    ...{ apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: ['list'] },
    why: 'how many pods may be disrupted',
  },
];

/** Needed beside them only where `helm: true` is set. Kubernetes cannot narrow it to Helm's secrets. */
export const helmRule: RbacRule = {
  ...{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] },
  why: 'releases of Helm, which keeps them in secrets',
};

export interface ReaderPlace extends RolePlace {
  readonly helm?: boolean;
}

/** A service account with the reader's rules, as YAML for `kubectl apply -f -`. */
export function readerManifest({ helm = false, ...place }: ReaderPlace = {}): string {
  return roleManifest('devops-mcp-reader', helm ? [...readerRules, helmRule] : readerRules, place);
}
