/** What can be seen of a server's readiness by looking at it. */
export interface ReadinessFacts {
  /** The configured person for stdio callers, or null when the machine's user is taken. */
  readonly identityConfigured: boolean;
  /** Tools and actions without owner or purpose, by name. */
  readonly undescribed: readonly string[];
  readonly owner: string | null;
  readonly killSwitchOwner: string | null;
  /** The version the configuration pins, and the one that runs. */
  readonly pinnedVersion: string | null;
  readonly version: string;
  /** Tools whose surface is not the one in `tools.lock`; null when there is no lock. */
  readonly unpinned: readonly string[] | null;
  readonly policyLoaded: boolean;
  readonly auditWritable: boolean;
  /** What `devops-mcp doctor --exposure` found lately, where there is a production; null or absent for nothing. */
  readonly exposure?: { readonly ways: number; readonly at: string } | null;
}

export interface ReadinessItem {
  readonly number: 1 | 2 | 3 | 4;
  readonly title: string;
  readonly passed: boolean;
  readonly evidence: string;
  readonly howToFix: string;
}

export interface Readiness {
  readonly items: readonly ReadinessItem[];
  readonly readOnly: boolean;
  /** Names every item that failed; null when none did. */
  readonly why: string | null;
  /** Said of every production proposal where the caller's user can pass the suite by; null elsewhere. */
  readonly notEnforced: string | null;
}

/**
 * Items 1 to 4 of the control-plane readiness checklist, as far as a machine can check them: without
 * identity, catalog of tools, policy and audit a server stays read-only. Credentials that pass the
 * suite by fail item 1 for production alone: the server applies nothing there itself.
 */
export function assessReadiness(facts: ReadinessFacts): Readiness {
  const items = [identity(facts), toolCatalog(facts), policy(facts), audit(facts)];
  const onlyExposed = facts.identityConfigured;
  const failed = items.filter(({ number, passed }) => !passed && !(number === 1 && onlyExposed));
  return {
    items,
    notEnforced: facts.exposure ? notEnforcedText(facts.exposure) : null,
    readOnly: failed.length > 0,
    why:
      failed.length === 0
        ? null
        : failed
            .map(
              ({ number, title, evidence, howToFix }) =>
                `item ${number} (${title}): ${evidence}; ${howToFix}`,
            )
            .join(' | '),
  };
}

function notEnforcedText({ ways, at }: NonNullable<ReadinessFacts['exposure']>): string {
  return `Not enforced on this machine: ${ways} way(s) to change production without the suite were found on ${at.slice(0, 10)}.`;
}

function identity({ identityConfigured, exposure }: ReadinessFacts): ReadinessItem {
  const title = 'identity';
  if (identityConfigured && exposure) {
    return {
      ...{ number: 1, title, passed: false, evidence: notEnforcedText(exposure) },
      howToFix: 'work as a user without these credentials, then run devops-mcp doctor --exposure again',
    };
  }
  return {
    ...{ number: 1, title, passed: identityConfigured },
    evidence: identityConfigured
      ? 'every call has a configured person'
      : 'no person is configured for stdio callers',
    howToFix: 'set identity.stdio.subject in devops-mcp.yaml',
  };
}

function toolCatalog(facts: ReadinessFacts): ReadinessItem {
  const problem = catalogProblem(facts);
  return {
    number: 2,
    title: 'tool catalog',
    passed: problem === null,
    evidence:
      problem?.evidence ??
      `owner ${facts.owner}, switch owner ${facts.killSwitchOwner}, version ${facts.version} pinned with its tools`,
    howToFix: problem?.howToFix ?? 'nothing',
  };
}

function catalogProblem(facts: ReadinessFacts): { evidence: string; howToFix: string } | null {
  const { owner, killSwitchOwner, pinnedVersion, version, unpinned, undescribed } = facts;
  if (owner === null || killSwitchOwner === null)
    return {
      evidence: 'no owner or no kill-switch owner',
      howToFix: 'add the server under servers in devops-mcp.yaml',
    };
  if (pinnedVersion !== version)
    return {
      evidence: `version ${version} runs and ${pinnedVersion ?? 'none'} is pinned`,
      howToFix: 'review the new version, then set servers.<name>.version',
    };
  if (unpinned === null)
    return { evidence: 'no tools.lock', howToFix: 'review the tools, then run devops-mcp pin' };
  if (undescribed.length > 0)
    return {
      evidence: `no purpose for ${undescribed.join(', ')}`,
      howToFix: 'describe them in the definition',
    };
  return null;
}

function policy({ policyLoaded }: ReadinessFacts): ReadinessItem {
  return {
    number: 3,
    title: 'policy and approvals',
    passed: policyLoaded,
    evidence: policyLoaded ? 'a policy is loaded' : 'no policy is loaded',
    howToFix: 'correct the file under policy in devops-mcp.yaml',
  };
}

function audit({ auditWritable }: ReadinessFacts): ReadinessItem {
  return {
    number: 4,
    title: 'audit',
    passed: auditWritable,
    evidence: auditWritable ? 'the audit folder can be written' : 'the audit folder cannot be written',
    howToFix: 'make the folder under audit.path writable',
  };
}
