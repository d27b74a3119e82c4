import { type Environment, type RiskTier, type Target, ToolError } from '@devops-mcp/contract';
import type { Caller, Decision } from '../model.js';
import { closest } from './closest.js';
import type { GovernedProcess, RoadDependencies } from './dependencies.js';

/**
 * Is this caller, in this process, someone who may try at all?
 * @throws ToolError `denied`, or `unavailable` for writes while the audit log cannot be written.
 */
export function identify(deps: RoadDependencies, tier: RiskTier, caller: Caller): void {
  if (caller.subject === '' || caller.issuer === '') {
    throw new ToolError('denied', 'The caller is not identified.', {
      hint: 'Set `identity` in the configuration, or sign in.',
    });
  }
  if (tier === 1) return;
  if (caller.transport === 'streamable-http' && caller.assurance === 'asserted') {
    throw new ToolError('denied', 'Over HTTP without authentication only reads are served.', {
      hint: 'Use the server over stdio, or configure OAuth.',
    });
  }
  if (deps.readiness.readOnly) {
    throw new ToolError('denied', `This server is read-only: ${deps.readiness.why ?? 'not ready'}.`, {
      hint: 'The owner of the server has to pass the failed readiness item first.',
    });
  }
  if (!deps.audit.writable()) throw auditUnavailable();
}

/**
 * What nothing keeps the caller from doing alone, this process does not do in production either; an
 * executor that the caller cannot become still may.
 * @throws ToolError `denied`
 */
export function refuseUnenforced(
  { readiness }: RoadDependencies,
  change: { readonly environmentClass: Environment['class']; readonly executor: string },
): void {
  const { notEnforced = null } = readiness;
  if (notEnforced === null || change.environmentClass !== 'production' || change.executor !== 'local') return;
  throw new ToolError('denied', `This server changes nothing in production. ${notEnforced}`, {
    hint: 'Work as a user without these credentials, then run `devops-mcp doctor --exposure` again.',
  });
}

export function auditUnavailable(): ToolError {
  return new ToolError('unavailable', 'The audit log cannot be written, so nothing may be changed.', {
    hint: 'Free space on, or repair, the audit folder; actions work again as soon as it can be written.',
    retryAfterSeconds: 30,
  });
}

/** @throws ToolError `not_found` with the configured names. */
export function knownEnvironment(deps: GovernedProcess, name: string): Environment {
  const environment = deps.environments.get(name);
  if (environment !== undefined) return environment;
  const names = deps.environments.names();
  const near = closest(name, names)[0];
  throw new ToolError('not_found', `No environment named \`${name.slice(0, 40)}\` is configured.`, {
    hint: `${near === undefined ? '' : `Did you mean ${near}? `}Configured: ${names.join(', ') || 'none'}.`,
    details: { environments: names },
  });
}

/** @throws ToolError `switched_off`, naming who threw the switch and why. */
export async function refuseWhenSwitchedOff(
  deps: GovernedProcess,
  call: { readonly tool: string; readonly environment: string; readonly tier: RiskTier },
): Promise<void> {
  const thrown = await deps.switchboard.blocking({ server: deps.facts.name, ...call });
  if (thrown === undefined) return;
  throw new ToolError(
    'switched_off',
    `\`${thrown.scope}\` was switched off by ${thrown.by} at ${thrown.at}: ${thrown.reason}`,
    {
      hint: `Only a person with the role can switch it on again; its owner is ${deps.facts.killSwitchOwner}.`,
      details: { scope: thrown.scope, blocks: thrown.blocks, at: thrown.at },
    },
  );
}

export function decide(
  deps: GovernedProcess,
  call: {
    readonly tool: string;
    readonly tier: RiskTier;
    readonly environment: Environment;
    readonly target: Target;
    readonly transport: Caller['transport'];
  },
): Decision {
  const { target, environment } = call;
  const owners = target.services.flatMap((service) => deps.ownership.ownerOf(service) ?? []);
  return deps.policy.decide({
    server: deps.facts.name,
    tool: call.tool,
    actionTier: call.tier,
    environment: environment.name,
    environmentClass: environment.name === 'none' ? 'none' : environment.class,
    services: target.services,
    owners: [...new Set(owners)],
    transport: call.transport,
  });
}

/** @throws ToolError `denied` when policy says no to this call whatever else is brought. */
export function refuseWhenDenied(decision: Decision): void {
  if (decision.effect !== 'deny_by_default') return;
  throw new ToolError('denied', 'Policy denies this call.', {
    hint:
      decision.exceptions.length === 0
        ? 'Ask the owner of the policy if this should be allowed.'
        : 'It needs a break-glass session, which this version does not offer: use the break-glass procedure of your organisation.',
    details: { rules: decision.rules, exceptions: decision.exceptions },
  });
}
