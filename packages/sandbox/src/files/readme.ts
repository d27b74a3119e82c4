import { shopServices } from '../company/services.js';
import { commandName } from '../incident-kinds.js';
import type { Scenario } from '../scenario/model.js';

/** Says what is in the folder and what to try, and nothing about what is wrong. */
export function renderReadme(
  scenario: Scenario,
  facts: { readonly changeRequest: string; readonly hasExecutor: boolean },
): string {
  const entry = 'web';
  return `# A small company with something to find out

An online shop as it looked at ${new Date(scenario.nowMs).toISOString()}: ${shopServices.length} services, their telemetry of the last hours, alerts, deployments, rotas, runbooks and past incidents. It was made by \`devops-mcp sandbox create --incident ${commandName(scenario.kind)} --seed ${scenario.seed}\`; the same options and the same \`--now\` make the same company.

| folder | what |
|---|---|
| \`telemetry/\` | metrics, logs and traces as an OpenTelemetry collector's file exporter writes them |
| \`gitops/\` | bare repositories with the desired state: \`production.git\`, a fork that takes branches, \`staging.git\` |
| \`alerts/\` | Alertmanager webhook payloads, one a line |
| \`on-call/\` | rotas in iCalendar |
| \`knowledge/\` | runbooks and past incidents in Markdown |
| \`infrastructure/\` | Terraform state and a plan |
| \`catalog/\` | Backstage entities with owners and limits |
${facts.hasExecutor ? "| `executor/` | another role: its own policy, catalog, signers, state and audit. In the sandbox it belongs to the same user, which shows the steps and protects nothing |\n| `approver/` | another person's keys. They are software keys, enrolled in this sandbox alone |\n" : ''}| \`truth.json\` | what really happened; no server reads it, and neither should you before you have an answer |

## Things to try

1. \`devops-mcp brief --config devops-mcp.yaml --environment production --service ${entry}\`
2. Ask: what is firing, since when, what changed just before, which errors are new, who is on call?
3. Draft a rollback of what you suspect. Is it safe? What do the migrations say?
4. Propose it with the change request ${facts.changeRequest}, have it approved, and let the executor apply it.
5. Propose something that the owners do not allow: a service from 3 to 100 replicas, or a change of \`notifications\`, whose team you do not belong to.
6. \`devops-mcp audit trace\` for the whole story, and \`devops-mcp audit verify\`.
`;
}
