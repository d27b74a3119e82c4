/**
 * A backend that changes what runs watches the rollout to its end, for at most ten minutes, which are
 * also a Deployment's own limit for a rollout without progress. The deadline leaves room to plan again
 * and to report, so that a slow rollout has an outcome and does not end as unknown.
 */
export const rolloutTimeoutMs = 660_000;
