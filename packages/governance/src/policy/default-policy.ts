/**
 * The policy that holds when the configuration names none: for production the rules of the approval
 * policy pattern that the suite follows, elsewhere the same tiers with fewer requirements.
 */
export const defaultPolicyText = `# devops-mcp default policy. The strictest matching rule wins; requirements add up; nothing matches: denied.
policies:
  - name: tier1-read-only
    match:
      server: [metrics, logs, deployments, alerts, rollback]
      actionTier: [1]
    effect: allow
    requirements:
      - log_to_siem

  - name: tier2-reversible-writes
    match:
      actionTier: [2]
      environment: ["class:production"]
    effect: allow_with_conditions
    requirements:
      - log_to_siem
      - owner_scope_check
      - change_ticket_or_issue_link

  - name: tier2-outside-production
    match:
      actionTier: [2]
      environment: ["class:staging", "class:development"]
    effect: allow_with_conditions
    requirements:
      - log_to_siem
      - owner_scope_check

  - name: tier3-infra-mutation
    match:
      actionTier: [3]
      environment: ["class:production"]
    effect: require_human_approval
    requirements:
      - approved_change_request
      - executor_is_ci_or_control_plane
      - plan_or_dry_run_artifact
      - rollback_path_documented
      - log_to_siem

  - name: tier3-outside-production
    match:
      actionTier: [3]
      environment: ["class:staging", "class:development"]
    effect: require_human_approval
    requirements:
      - plan_or_dry_run_artifact
      - log_to_siem

  - name: tier4-destructive
    match:
      actionTier: [4]
    effect: deny_by_default
    exceptions:
      - break_glass_runbook
      - multi_party_approval
      - recorded_session
`;
