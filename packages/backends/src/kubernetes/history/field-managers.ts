import { isFields } from '../connection/read-answer.js';
import type { Workload } from '../model/objects.js';
import { date } from '../workloads/pod-health.js';

export interface LastManager {
  /** The name that a client gave itself, such as `kubectl-rollout`. */
  readonly manager: string;
  readonly time: Date;
}

/**
 * The client that set the pod template last. It is a name that the client chose and no person; who stood
 * behind it only the cluster's audit log knows.
 * Source: Kubernetes reference, "Server-Side Apply", field management.
 */
export function lastTemplateManager({ metadata }: Workload): LastManager | undefined {
  const found = (metadata.managedFields ?? []).flatMap(({ manager, time, subresource, fieldsV1 }) => {
    const spec = isFields(fieldsV1) ? fieldsV1['f:spec'] : undefined;
    const at = date(time);
    const sets = isFields(spec) && 'f:template' in spec;
    return sets && manager && at !== null && !subresource ? [{ manager, time: at }] : [];
  });
  return found.toSorted((a, b) => b.time.getTime() - a.time.getTime())[0];
}
