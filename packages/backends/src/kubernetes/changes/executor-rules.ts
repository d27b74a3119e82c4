import { type RbacRule, type RolePlace, roleManifest } from '../role-manifest.js';

/**
 * Everything that applying an approved change asks of the cluster: no secrets, nothing run inside a
 * pod, nothing deleted. The reading side has rules of its own.
 */
export const executorRules: readonly RbacRule[] = [
  {
    ...{ apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets'] },
    ...{ verbs: ['get', 'patch'], why: 'scale, restart and roll back; read back what became of it' },
  },
  {
    ...{ apiGroups: ['apps'], resources: ['replicasets', 'controllerrevisions'] },
    ...{ verbs: ['get', 'list'], why: 'the templates of earlier revisions' },
  },
  {
    ...{ apiGroups: [''], resources: ['pods'] },
    ...{ verbs: ['get', 'list'], why: 'why new pods do not start' },
  },
  {
    ...{ apiGroups: [''], resources: ['pods/eviction'] },
    ...{ verbs: ['create'], why: 'restart one pod, within its disruption budget' },
  },
];

/** A service account with the executor's rules, as YAML for `kubectl apply -f -`. */
export function executorManifest(place: RolePlace = {}): string {
  return roleManifest('devops-mcp-executor', executorRules, place);
}
