import { type Random, seeded } from './random.js';

export const illnesses = [
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'OOMKilled',
  'Unschedulable',
  'NotReady',
] as const;
export type Illness = (typeof illnesses)[number];

/** One Deployment before its objects are written out. */
export interface PlannedWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  /** What is wrong with how many of its pods. */
  readonly illness: Illness | undefined;
  readonly ill: number;
  readonly revision: number;
  /** Tags of the image, before and now. */
  readonly versions: readonly [before: string, now: string];
  /** When the present revision came. */
  readonly deployedAt: Date;
  readonly hash: string;
  readonly oldHash: string;
  readonly sidecar: boolean;
  readonly uid: string;
}

export interface ClusterPlan {
  readonly workloads: readonly PlannedWorkload[];
  readonly namespaces: readonly string[];
  readonly nodes: readonly string[];
  readonly random: Random;
  readonly now: Date;
}

const teams = [
  'payments',
  'search',
  'catalog',
  'identity',
  'shipping',
  'pricing',
  'reviews',
  'media',
  'billing',
  'support',
  'fraud',
  'loyalty',
  'inventory',
  'checkout',
  'mobile',
  'partners',
];
const roles = [
  'api',
  'worker',
  'gateway',
  'scheduler',
  'importer',
  'exporter',
  'cache',
  'web',
  'indexer',
  'notifier',
  'reports',
  'sync',
];
const illShare = 0.06;
const podsPerNode = 45;

export function planCluster(pods: number, seed: number, now: Date): ClusterPlan {
  const random = seeded(seed);
  const teamCount = Math.max(1, Math.min(teams.length, Math.ceil(pods / 60)));
  const workloads: PlannedWorkload[] = [];
  for (let left = pods; left > 0; ) {
    const replicas = Math.min(left, random.between(2, 9));
    workloads.push(plannedWorkload(workloads.length, replicas, teamCount, random, now));
    left -= replicas;
  }
  return {
    workloads: withIllnesses(workloads, Math.round(pods * illShare), random),
    namespaces: teams.slice(0, teamCount).map((team) => `team-${team}`),
    nodes: Array.from(
      { length: Math.max(2, Math.ceil(pods / podsPerNode)) },
      (_, index) => `node-${String(index + 1).padStart(3, '0')}`,
    ),
    ...{ random, now },
  };
}

function plannedWorkload(
  index: number,
  replicas: number,
  teamCount: number,
  random: Random,
  now: Date,
): PlannedWorkload {
  const team = teams[index % teamCount] ?? 'payments';
  const round = Math.floor(index / teamCount);
  const role = roles[round % roles.length] ?? 'api';
  const repeated = Math.floor(round / roles.length);
  const minor = random.between(2, 40);
  return {
    name: `${team}-${role}${repeated === 0 ? '' : `-${repeated + 1}`}`,
    ...{ namespace: `team-${team}`, replicas, illness: undefined, ill: 0 },
    ...{
      revision: random.between(2, 60),
      versions: [`1.${minor - 1}.${random.between(0, 9)}`, `1.${minor}.0`] as const,
    },
    // Most were deployed within days, some within the last hours.
    deployedAt: new Date(now.getTime() - Math.floor(random.next() ** 3 * 20 * 86_400_000) - 180_000),
    ...{
      hash: random.letters(10),
      oldHash: random.letters(10),
      sidecar: random.next() < 0.25,
      uid: random.uid(),
    },
  };
}

/** Illnesses in turn until the share is reached, a few pods of a workload at a time. */
function withIllnesses(
  workloads: readonly PlannedWorkload[],
  ill: number,
  random: Random,
): readonly PlannedWorkload[] {
  const order = workloads.map((_, index) => ({ index, rank: random.next() })).sort((a, b) => a.rank - b.rank);
  const result = [...workloads];
  let left = ill;
  let turn = 0;
  for (const { index } of order) {
    const workload = result[index];
    if (left <= 0 || workload === undefined) break;
    const count = Math.min(left, random.between(1, Math.min(3, workload.replicas)));
    result[index] = { ...workload, illness: illnesses[turn % illnesses.length], ill: count };
    left -= count;
    turn += 1;
  }
  return result;
}

/** RFC 3339 in whole seconds, as the API writes times. */
export function at(time: Date, plusSeconds = 0): string {
  return `${new Date(time.getTime() + plusSeconds * 1_000).toISOString().slice(0, 19)}Z`;
}
