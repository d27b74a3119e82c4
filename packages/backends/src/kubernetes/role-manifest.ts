/** One rule of a Role, and what it is for. */
export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly why: string;
}

export interface RolePlace {
  /** Namespaces in which the rules hold; all when absent. */
  readonly namespaces?: readonly string[];
  /** Where the service account lives. */
  readonly home?: string;
}

const api = 'rbac.authorization.k8s.io/v1';

/** A service account and the roles that give it these rules, as YAML for `kubectl apply -f -`. */
export function roleManifest(
  name: string,
  rules: readonly RbacRule[],
  { namespaces, home = 'devops-mcp' }: RolePlace,
): string {
  const account = document('v1', 'ServiceAccount', { name, namespace: home });
  const text = rulesText(rules);
  const bound = (kind: string) =>
    `roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: ${name} }\n` +
    `subjects:\n  - { kind: ServiceAccount, name: ${name}, namespace: ${home} }\n`;
  if (namespaces === undefined)
    return [
      account,
      document(api, 'ClusterRole', { name }, text),
      document(api, 'ClusterRoleBinding', { name }, bound('ClusterRole')),
    ].join('---\n');
  const each = namespaces.flatMap((namespace) => [
    document(api, 'Role', { name, namespace }, text),
    document(api, 'RoleBinding', { name, namespace }, bound('Role')),
  ]);
  return [account, ...each].join('---\n');
}

function rulesText(rules: readonly RbacRule[]): string {
  const lines = rules.map(
    ({ apiGroups, resources, verbs, why }) =>
      `  # ${why}\n  - apiGroups: ${list(apiGroups)}\n    resources: ${list(resources)}\n    verbs: ${list(verbs)}\n`,
  );
  return `rules:\n${lines.join('')}`;
}

function list(values: readonly string[]): string {
  return `[${values.map((value) => (value === '' ? '""' : value)).join(', ')}]`;
}

function document(
  apiVersion: string,
  kind: string,
  metadata: Readonly<Record<string, string>>,
  rest = '',
): string {
  const fields = Object.entries(metadata).map(([key, value]) => `${key}: ${value}`);
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { ${fields.join(', ')} }\n${rest}`;
}
