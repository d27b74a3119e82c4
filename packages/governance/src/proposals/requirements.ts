import type { ActionPlan, BlastRadius, Environment, Ownership, Target } from '@devops-mcp/contract';
import type { ChangeRequests } from '../collaborators.js';
import { samePerson } from '../identity/caller.js';
import type { RequirementName } from '../model.js';
import type { ExecutorFacts } from '../road/dependencies.js';
import { type Evidence, ownerScope, type Represented } from './owner-scope.js';

export type RequirementFinding = { readonly name: RequirementName } & Evidence;

/** What evidence is looked for in. */
export interface RequirementFacts {
  readonly tool: string;
  readonly requester: Represented;
  readonly target: Target;
  readonly environment: Environment;
  readonly plan: ActionPlan;
  readonly planDigest: string;
  readonly blastRadius: BlastRadius;
  readonly changeRef: string | null;
  readonly executor: ExecutorFacts | 'local' | undefined;
  readonly ownership: Ownership;
  readonly changes: ChangeRequests | undefined;
  readonly auditWritable: boolean;
  readonly now: Date;
}

/** Looks for evidence of each requirement; a name alone satisfies nothing. */
export async function findEvidence(
  names: readonly RequirementName[],
  facts: RequirementFacts,
): Promise<readonly RequirementFinding[]> {
  return Promise.all(names.map(async (name) => ({ name, ...(await predicates[name](facts)) })));
}

const met = (evidence: string): Evidence => ({ met: true, evidence });
const unmet = (how: string): Evidence => ({ met: false, how });
const breakGlass = unmet('open a break-glass session, which this version does not offer');

const predicates: Readonly<
  Record<RequirementName, (facts: RequirementFacts) => Evidence | Promise<Evidence>>
> = {
  log_to_siem: (facts) =>
    facts.auditWritable
      ? met('written durably to the local audit log; an acknowledged export is not part of this version')
      : unmet('make the audit folder writable'),
  owner_scope_check: (facts) => ownerScope(facts.ownership, facts.target, facts.requester, facts.blastRadius),
  change_ticket_or_issue_link: changeLink,
  approved_change_request: approvedChange,
  executor_is_ci_or_control_plane: ({ executor }) =>
    executor === undefined || executor === 'local'
      ? unmet('configure an executor under `executors:` with `kind: ci` or `kind: control-plane`')
      : met(`applied by ${executor.id} (${executor.kind})`),
  plan_or_dry_run_artifact: ({ plan, planDigest }) =>
    plan.diff.trim() === ''
      ? unmet('the plan shows no change that a person could check')
      : met(`plan ${planDigest}`),
  rollback_path_documented: ({ plan }) =>
    plan.reversal.kind === 'reversible' && plan.reversal.how.trim() !== ''
      ? met(plan.reversal.how)
      : unmet('a change that cannot be undone has no rollback path'),
  break_glass_runbook: () => breakGlass,
  multi_party_approval: () => breakGlass,
  recorded_session: () => breakGlass,
};

/** Ticket keys, issues by number, incidents, alert and incident addresses, and web addresses. */
const linkShapes = [
  /^[A-Z][A-Z0-9]{1,9}-\d{1,10}$/,
  /^INC-[A-Za-z0-9-]{1,40}$/,
  /^(?:[\w.-]{1,60}\/[\w.-]{1,60})?#\d{1,9}$/,
  /^(?:alert|incident):(?:\/\/)?[\w./:=-]{1,150}$/,
  /^https:\/\/[\w.-]{1,100}(?::\d{1,5})?\/\S{1,300}$/,
];

/** An incident that is being opened is the record that a change elsewhere would link to. */
const ownLink: ReadonlySet<string> = new Set(['create_incident']);

function changeLink({ tool, changeRef }: RequirementFacts): Evidence {
  if (ownLink.has(tool)) return met('the incident itself is the record');
  if (changeRef === null || changeRef === '') {
    return unmet('give `changeRef`: a ticket (CHG-12), an issue (#12), an incident id or an alert address');
  }
  return linkShapes.some((shape) => shape.test(changeRef))
    ? met(`refers to ${changeRef}`)
    : unmet('`changeRef` is no ticket, issue, incident id, alert address or https address');
}

async function approvedChange(facts: RequirementFacts): Promise<Evidence> {
  const { changeRef, changes, environment, target } = facts;
  if (changeRef === null) return unmet('give `changeRef`: the id of an approved change request');
  if (changes === undefined) {
    return unmet(`configure the port \`changes\` for ${environment.name}, where change requests are read`);
  }
  const change = await changes.find(changeRef, environment.name);
  if (change === undefined) return unmet(`no change request ${changeRef} is on the protected branch`);
  const of = `change request ${change.id}`;
  if (change.status !== 'approved') return unmet(`${of} is ${change.status}: have it approved`);
  if (change.approvedBy === null) return unmet(`${of} does not say who approved it`);
  const requesters = [change.requester, facts.requester.subject, ...facts.requester.delegation];
  const { approvedBy } = change;
  if (requesters.some((requester) => samePerson(requester, approvedBy)))
    return unmet(`${of} was approved by its own requester`);
  const uncovered = target.services.filter((service) => !change.services.includes(service));
  if (uncovered.length > 0) return unmet(`${of} does not cover ${uncovered.join(', ')}`);
  if (!change.environments.includes(environment.name))
    return unmet(`${of} does not cover ${environment.name}`);
  const { window } = change;
  if (window !== null && (facts.now < window.start || facts.now >= window.end)) {
    return unmet(`${of} holds from ${window.start.toISOString()} to ${window.end.toISOString()}, not now`);
  }
  return met(`${of}, approved by ${change.approvedBy}`);
}
