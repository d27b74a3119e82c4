import type { CallContext, ServiceMapping } from '@devops-mcp/contract';
import type { WorkloadStatus } from '@devops-mcp/domain';
import type { KubeClient } from '../connection/kube-client.js';
import { pod, workload } from '../model/objects.js';
import { readPages } from '../model/read-objects.js';
import { workloadsPath } from '../services/find-workloads.js';
import { serviceNames } from '../services/service-names.js';
import { ownerOfPod } from './owner-of-pod.js';
import { podHealth } from './pod-health.js';
import { type PodTally, type Tallying, tallyPods } from './pod-tally.js';
import { workloadKinds } from './rollout.js';
import { byTrouble, troubleOf, workloadRow } from './workload-row.js';

/** Of each ill workload so many pods are shown. */
const podsOfEach = 3;
/** More ill workloads than this are counted and not kept. */
const mostKept = 2_000;
const mostReasons = 100;

export interface EnvironmentStatus {
  /** The ill ones, worst first. */
  readonly rows: readonly WorkloadStatus[];
  readonly workloads: number;
  readonly ill: number;
  readonly pods: number;
  readonly illPods: number;
  /** Ill pods by reason, the most frequent first. */
  readonly reasons: readonly (readonly [reason: string, pods: number])[];
}

/**
 * Every workload and pod once, a page at a time; kept are numbers, and the ill ones up to a bound, so
 * that memory follows the number of workloads in trouble and not the number of pods.
 */
export async function environmentStatus(
  client: KubeClient,
  services: ServiceMapping,
  context: CallContext,
): Promise<EnvironmentStatus> {
  const seen = await countPods(client, context);
  const names = serviceNames(services);
  const rows: WorkloadStatus[] = [];
  let workloads = 0;
  let ill = 0;
  const keep = (row: WorkloadStatus) => {
    ill += 1;
    if (rows.length < mostKept) rows.push(row);
  };
  for (const kind of workloadKinds) {
    for await (const page of readPages(client, workloadsPath(kind), workload, {}, context)) {
      for (const object of page) {
        const { namespace, name, labels } = object.metadata;
        const key = `${kind} ${namespace}/${name}`;
        const tally = seen.byOwner.get(key)?.result() ?? noPods;
        seen.byOwner.delete(key);
        workloads += 1;
        const row = workloadRow(names.of({ namespace, name, labels }), kind, object, tally);
        if (troubleOf(row) > 0) keep(row);
      }
      context.progress(workloads, undefined, 'workloads read');
    }
  }
  // Pods of jobs, and pods that nobody made for them.
  for (const [key, tallying] of seen.byOwner) {
    const tally = tallying.result();
    workloads += 1;
    keep(withoutWorkload(key, tally, names));
  }
  return {
    rows: rows.toSorted(byTrouble),
    workloads,
    ill,
    pods: seen.pods,
    illPods: seen.ill,
    reasons: seen.reasons,
  };
}

const noPods: PodTally = { count: 0, ill: 0, pods: [], illness: null, severity: 0 };

async function countPods(client: KubeClient, context: CallContext) {
  const byOwner = new Map<string, Tallying>();
  const reasons = new Map<string, number>();
  let pods = 0;
  let ill = 0;
  for await (const page of readPages(client, '/api/v1/pods', pod, {}, context)) {
    pods += page.length;
    for (const one of page) {
      const { severity, status } = podHealth(one, context.now);
      if (severity === 0) continue;
      ill += 1;
      const reason = status.reason ?? '';
      if (reasons.has(reason) || reasons.size < mostReasons)
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      const owner = ownerOfPod(one);
      const key = `${owner.kind} ${one.metadata.namespace}/${owner.name}`;
      const tally = byOwner.get(key);
      if (tally === undefined && byOwner.size >= mostKept) continue;
      const counting = tally ?? tallyPods(podsOfEach, context.now, false);
      counting.add(one);
      byOwner.set(key, counting);
    }
    context.progress(pods, undefined, 'pods read');
  }
  return { byOwner, pods, ill, reasons: [...reasons].toSorted(([, a], [, b]) => b - a) };
}

function withoutWorkload(
  key: string,
  tally: PodTally,
  names: ReturnType<typeof serviceNames>,
): WorkloadStatus {
  const [kind = '', place = ''] = key.split(' ');
  const [namespace = '', name = ''] = place.split('/');
  // Failed pods that were left behind are not a workload that is down.
  const leftover = tally.severity <= 1;
  return {
    service: names.of({ namespace, name, labels: null }),
    ...{ kind, name: place, desired: leftover ? 0 : tally.count, ready: 0, updated: 0 },
    rollout: leftover ? 'complete' : 'progressing',
    ...{ reason: tally.illness, version: null, pods: tally.pods, podCount: tally.count },
    ...{ events: [], limits: {} },
  };
}
