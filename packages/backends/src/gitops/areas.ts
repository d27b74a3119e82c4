/** What a file of a service is for. The first rule that fits decides. */
export type Area =
  | 'migrations'
  | 'tests'
  | 'code'
  | 'documentation'
  | 'dependencies'
  | 'flags'
  | 'configuration'
  | 'manifests'
  | 'other';

const rules: readonly (readonly [Area, RegExp])[] = [
  ['migrations', /(^|\/)(migrations?|db\/migrate|flyway|prisma\/migrations)\//i],
  ['migrations', /(^|\/)[VUR][\d._]*__[^/]+\.sql$/],
  ['migrations', /(^|\/)\d+_[^/]+\.(up|down)\.sql$/],
  ['tests', /(^|\/)(tests?|__tests__|spec)\//i],
  ['tests', /\.(test|spec)\.[a-z]+$|_test\.go$/],
  ['code', /(^|\/)(src|lib|app|cmd|internal|pkg)\//],
  ['documentation', /(^|\/)docs?\/|\.(md|rst|adoc|txt)$|(^|\/)(LICENSE|CODEOWNERS|NOTICE)$/],
  [
    'dependencies',
    /(^|\/)(package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|go\.(mod|sum)|requirements[^/]*\.txt|poetry\.lock|pom\.xml|build\.gradle(\.kts)?|Gemfile(\.lock)?|Cargo\.(toml|lock))$/,
  ],
  ['code', /(^|\/)Dockerfile[^/]*$|\.(ts|tsx|js|mjs|py|go|java|kt|rb|rs|cs|php|sh|sql)$/],
  ['flags', /(^|\/)(feature-?)?flags?[^/]*\.(ya?ml|json)$/i],
  ['configuration', /(^|\/)(config|configmap|settings|values)[^/]*\.(ya?ml|json)$/i],
  ['configuration', /\.(properties|env|toml|ini|conf)$|(^|\/)\.env[^/]*$/],
  ['manifests', /\.(ya?ml|json)$/],
];

/** `path` is relative to the service's folder, so that a folder called `app` above it says nothing. */
export function areaOf(path: string): Area {
  return rules.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';
}

/**
 * Whether the file is part of what the cluster is told to run. Sources, tests and documents are
 * not: a commit that touches nothing else is no deployment, and a rollback leaves them alone.
 * Migrations have run against a database and stay too: undoing them is a decision of its own.
 */
export function determinesWhatRuns(area: Area): boolean {
  return area === 'manifests' || area === 'configuration' || area === 'flags' || area === 'other';
}

/** Whether a change of the file on the default branch is a deployment. */
export function isDeployed(area: Area): boolean {
  return determinesWhatRuns(area) || area === 'migrations';
}

/** Most telling first, for answers that must be cut. */
export const areasByWeight: readonly Area[] = [
  'migrations',
  'configuration',
  'flags',
  'manifests',
  'dependencies',
  'code',
  'other',
  'tests',
  'documentation',
];
