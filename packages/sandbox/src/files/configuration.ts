import type { RotaCalendar } from './calendars.js';

/** What of the optional parts this sandbox has. */
export interface ConfigurationFacts {
  readonly calendars: readonly RotaCalendar[];
  readonly hasPolicy: boolean;
  readonly hasApprovers: boolean;
  readonly hasExecutor: boolean;
  /** Version that the servers' entries pin. */
  readonly serverVersion: string;
}

const executorId = 'gitops-executor';

/** The requester's side: may push branches and silence alerts in production, and no more. */
export function renderConfiguration(facts: ConfigurationFacts): string {
  const executors = facts.hasExecutor
    ? `executors: [{ id: ${executorId}, kind: control-plane, publicKey: ./executor.pub, audit: ./executor/audit }]\n`
    : '';
  return `# The configuration of this sandbox: every port has its data in this folder.
version: 1
state: { path: ./state }
audit: { path: ./audit }
catalog: [./catalog]
${facts.hasPolicy ? 'policy: ./policy.yaml\n' : ''}identity: { stdio: { subject: user:default/oncall } }
${approvers(facts)}${executors}${servers(facts)}${sharedPorts(facts, '.')}environments:
  production:
    class: production
    ports:
${productionPorts('.', './gitops/production-branches.git')}  staging:
    class: staging
    ports:
      deployments: { use: gitops, path: ./gitops/staging.git, write: { path: ./gitops/staging.git } }
      changes: { use: gitops, path: ./gitops/production.git }
`;
}

/** The executor's side: another role, with the credential that may move production. */
export function renderExecutorConfiguration(facts: ConfigurationFacts): string {
  return `# Another role's configuration. In the sandbox it lies beside the requester's and belongs to the same
# user, which shows the steps and protects nothing: a real executor is a host or user of its own.
version: 1
role: executor
executor: { id: ${executorId}, privateKey: ./executor.key }
state: { path: ./state }
audit: { path: ./audit }
catalog: [./catalog]
${facts.hasPolicy ? 'policy: ./policy.yaml\n' : ''}${approvers(facts)}${servers(facts)}${sharedPorts(facts, '..')}environments:
  production:
    class: production
    ports:
${productionPorts('..', '../gitops/production.git')}  staging:
    class: staging
    ports:
      deployments: { use: gitops, path: ../gitops/staging.git, write: { path: ../gitops/staging.git } }
      changes: { use: gitops, path: ../gitops/production.git }
`;
}

function approvers(facts: ConfigurationFacts): string {
  return facts.hasApprovers
    ? 'approvers: { allowedSigners: ./allowed_signers, enrolments: ./enrolments.yaml }\n'
    : '';
}

/** The owners that the servers' definitions name; each is a team of this company. */
function servers(facts: ConfigurationFacts): string {
  const owners: Readonly<Record<string, string>> = {
    metrics: 'team-observability',
    logs: 'team-observability',
    deployments: 'team-delivery',
    alerts: 'team-oncall',
    rollback: 'team-delivery',
  };
  const entries = Object.entries(owners).map(
    ([name, owner]) =>
      `  ${name}: { owner: group:default/${owner}, killSwitchOwner: group:default/team-oncall, version: ${facts.serverVersion} }\n`,
  );
  return `servers:\n${entries.join('')}`;
}

function sharedPorts(facts: ConfigurationFacts, home: string): string {
  const calendars = facts.calendars.map(
    ({ file, schedule, teams, level }) =>
      `      - { path: ${home}/on-call/${file}, schedule: ${schedule}, level: ${level}, owners: [${teams.map((team) => `group:default/${team}`).join(', ')}] }\n`,
  );
  return `ports:
  knowledge: { use: markdown, path: ${home}/knowledge, write: { path: ${home}/knowledge } }
  onCall:
    use: ical
    calendars:
${calendars.join('')}`;
}

function productionPorts(home: string, writePath: string): string {
  const telemetry = ['metrics', 'dependencies', 'logs', 'traces'].map(
    (port) => `      ${port}: { use: otlp, path: ${home}/telemetry }\n`,
  );
  return `${telemetry.join('')}      deployments: { use: gitops, path: ${home}/gitops/production.git, write: { path: ${writePath} } }
      changes: { use: gitops, path: ${home}/gitops/production.git }
      infrastructure: { use: terraform, files: [${home}/infrastructure/terraform.tfstate, ${home}/infrastructure/plan.json] }
      alerts: { use: alert-log, path: ${home}/alerts/webhook.ndjson, write: { path: ${home}/alerts } }
`;
}
