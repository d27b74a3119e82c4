/**
 * The policy that is shipped and that a new configuration starts from. A string and not a file, so
 * that it is there in a bundled server.
 */
export const defaultPolicyText = `# What may be done, on which conditions. The most restrictive matching rule wins, the requirements of
# all matching rules add up, and what no rule matches is denied. \`environment\` matches the name of an
# environment or its class (production, staging, development); reads that touch none have 'none'.
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
      environment: [production]
      actionTier: [2]
    effect: allow_with_conditions
    requirements:
      - log_to_siem
      - owner_scope_check
      - change_ticket_or_issue_link

  - name: tier2-outside-production
    match:
      environment: [staging, development]
      actionTier: [2]
    effect: allow_with_conditions
    requirements:
      - log_to_siem
      - owner_scope_check

  - name: tier3-infra-mutation
    match:
      environment: [production]
      actionTier: [3]
    effect: require_human_approval
    requirements:
      - approved_change_request
      - executor_is_ci_or_control_plane
      - plan_or_dry_run_artifact
      - rollback_path_documented
      - log_to_siem

  - name: tier3-outside-production
    match:
      environment: [staging, development]
      actionTier: [3]
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
