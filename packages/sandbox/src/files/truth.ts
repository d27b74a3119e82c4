import type { RepositoriesReport } from '../gitops/write-repositories.js';
import type { Scenario } from '../scenario/model.js';

/** What really happened. No server reads it: it is for scoring what was found out. */
export interface Truth {
  readonly version: 1;
  readonly incident: string;
  readonly seed: number;
  readonly now: string;
  /** The same as `now`, under the name that recorded incidents use. */
  readonly at: string;
  readonly environment: 'production';
  /** Null on a quiet day. */
  readonly service: string | null;
  readonly instance: string | null;
  readonly kind: string | null;
  readonly onset: string | null;
  readonly resource: string | null;
  readonly cause: { readonly revision: string } | null;
  readonly decoys: readonly { readonly service: string; readonly revision: string }[];
  /** The change request that covers the culprit. */
  readonly changeRequest: string;
}

export function truthOf(scenario: Scenario, repositories: RepositoriesReport): Truth {
  const { culprit } = scenario;
  const cause = repositories.revisions.find((entry) => entry.id === 'cause');
  const now = new Date(scenario.nowMs).toISOString();
  return {
    version: 1,
    incident: scenario.kind,
    seed: scenario.seed,
    now,
    at: now,
    environment: 'production',
    service: culprit?.service ?? null,
    instance: null,
    kind: culprit === null ? null : scenario.kind,
    onset: culprit === null ? null : new Date(culprit.onsetMs).toISOString(),
    resource: culprit?.resource ?? null,
    cause: cause === undefined ? null : { revision: cause.revision },
    decoys: repositories.revisions
      .filter((entry) => entry.id !== 'cause')
      .map(({ service, revision }) => ({ service, revision })),
    changeRequest: repositories.changeRequest,
  };
}
