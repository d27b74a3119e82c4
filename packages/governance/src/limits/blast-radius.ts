import type {
  BlastRadius,
  BlastRadiusCeiling,
  BlastRadiusDimension,
  JsonObject,
  OwnerLimit,
  Ownership,
  Target,
} from '@devops-mcp/contract';
import type { CounterTable } from '../store/store.js';

/** Shares are fractions: 0.1 three times must fit into 0.3. */
const rounding = 1e-9;

export interface BlastRadiusFacts {
  readonly ceilings: BlastRadiusCeiling;
  /** As the plan measured it on live state. */
  readonly planned: BlastRadius;
  readonly target: Target;
  readonly environment: string;
  readonly ownership: Ownership;
}

export interface BlastRadiusCheck {
  /** The plan's numbers, raised where the graph or the target shows more. */
  readonly measured: BlastRadius;
  /** Every limit that was applied: `{ dimension: { ceiling, owners: { service: limit } } }`. */
  readonly limits: JsonObject;
  /** Why it is refused, each with what to change; empty when it passes. */
  readonly problems: readonly string[];
  /** What to count when the change is applied. */
  readonly windows: readonly WindowUse[];
}

export interface WindowUse {
  readonly key: string;
  readonly label: string;
  readonly amount: number;
  readonly windowMs: number;
  readonly max: number;
}

/** Checks a plan against the action's hard ceilings and against what the owner of each service allows. */
export function checkBlastRadius(facts: BlastRadiusFacts): BlastRadiusCheck {
  const measured = measure(facts);
  const problems: string[] = [];
  const windows: WindowUse[] = [];
  const limits: Record<string, JsonObject> = {};
  for (const [dimension, value] of touchedDimensions(measured)) {
    const ceiling = facts.ceilings[dimension];
    if (ceiling === undefined) {
      problems.push(`${dimension}: the plan touches what the action does not declare`);
      continue;
    }
    if (value > ceiling) problems.push(`${dimension}: ${value} is over the action's ceiling of ${ceiling}`);
    if (facts.target.services.length === 0) {
      problems.push(`${dimension}: no service is named, so nobody's limit applies: name the service`);
    }
    const owners: Record<string, JsonObject> = {};
    for (const service of facts.target.services) {
      const limit = ownerLimit(facts, service, dimension, problems);
      if (limit === undefined) continue;
      owners[service] = plainLimit(limit);
      const place = { service, environment: facts.environment, dimension };
      problems.push(...overLimit(place, value, limit, measured));
      windows.push(...windowUse(place, value, limit, measured));
    }
    limits[dimension] = { ceiling, owners };
  }
  return { measured, limits, problems, windows };
}

/** Problems of what was applied within each window so far, plus this change. Counts nothing. */
export async function checkWindows(
  windows: readonly WindowUse[],
  counters: CounterTable,
  at: Date,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const use of windows) {
    const sum = await counters.sum(use.key, use.windowMs, at);
    if (sum + use.amount > use.max + rounding) problems.push(overWindow(use, sum));
  }
  return problems;
}

/**
 * Counts the change; called once, right before it is applied. A refusal leaves what was counted for
 * other limits, which errs on the safe side.
 */
export async function consumeWindows(
  windows: readonly WindowUse[],
  counters: CounterTable,
  at: Date,
): Promise<readonly string[]> {
  for (const use of windows) {
    const { allowed, sum } = await counters.add(use.key, use.amount, use.windowMs, use.max, at);
    if (!allowed) return [overWindow(use, sum)];
  }
  return [];
}

/** Two numbers do not depend on the backend's honesty: they are counted here as well. */
function measure({ planned, target, ceilings, ownership }: BlastRadiusFacts): BlastRadius {
  const measured: Partial<Record<BlastRadiusDimension, number>> = { ...planned };
  if (ceilings.services !== undefined) {
    measured.services = Math.max(planned.services ?? 0, new Set(target.services).size);
  }
  if (ceilings.dependents !== undefined) {
    const reached = new Set(target.services.flatMap((service) => ownership.dependentsOf(service)));
    measured.dependents = Math.max(planned.dependents ?? 0, reached.size);
  }
  return measured;
}

function touchedDimensions(measured: BlastRadius): [BlastRadiusDimension, number][] {
  // Boundary: the keys of a blast radius are dimensions by its type.
  return (Object.entries(measured) as [BlastRadiusDimension, number][]).filter(([, value]) => value > 0);
}

function ownerLimit(
  { ownership, environment }: BlastRadiusFacts,
  service: string,
  dimension: BlastRadiusDimension,
  problems: string[],
): OwnerLimit | undefined {
  if (ownership.ownerOf(service) === undefined) {
    problems.push(`${dimension}: ${service} has no owner: set \`spec.owner\` in its catalog-info.yaml`);
    return undefined;
  }
  const limit = ownership.limitsOf(service, environment)?.[dimension];
  const empty = limit === undefined || Object.values(limit).every((value) => value === undefined);
  if (!empty) return limit;
  problems.push(
    `${dimension}: the owner of ${service} declares no limit: add \`${keyOf(environment, dimension)}: { max: ... }\` to its devops-mcp.service.yaml`,
  );
  return undefined;
}

interface Place {
  readonly service: string;
  readonly environment: string;
  readonly dimension: BlastRadiusDimension;
}

function overLimit(place: Place, value: number, limit: OwnerLimit, measured: BlastRadius): string[] {
  const where = (key: string) =>
    `${place.service} in ${place.environment} (devops-mcp.service.yaml: ${keyOf(place.environment, place.dimension)}.${key})`;
  const problems: string[] = [];
  if (limit.max !== undefined && value > limit.max) {
    problems.push(`${place.dimension}: ${value} is over the owner's max of ${limit.max} for ${where('max')}`);
  }
  if (limit.step !== undefined) {
    const change = changeOf(place.dimension, value, measured);
    if (change === undefined || change > limit.step) {
      problems.push(
        `${place.dimension}: a step of ${change ?? 'unknown size'} is over the owner's ${limit.step} for ${where('step')}`,
      );
    }
  }
  if (limit.share !== undefined) {
    const share = shareOf(place.dimension, value, measured);
    if (share === undefined || share > limit.share + rounding) {
      problems.push(
        `${place.dimension}: a share of ${share?.toFixed(2) ?? 'unknown size'} is over the owner's ${limit.share} for ${where('share')}`,
      );
    }
  }
  return problems;
}

/** `replicas` is a level, whose change is `replicasAdded`; every other dimension is a change itself. */
function changeOf(dimension: BlastRadiusDimension, value: number, measured: BlastRadius): number | undefined {
  return dimension === 'replicas' ? measured.replicasAdded : value;
}

/** Undefined where nothing tells what it is a share of: such a limit cannot be shown to hold. */
function shareOf(dimension: BlastRadiusDimension, value: number, measured: BlastRadius): number | undefined {
  if (dimension === 'capacityRemovedShare') return value;
  if (dimension !== 'replicas' && dimension !== 'replicasAdded') return undefined;
  const { replicas, replicasAdded } = measured;
  if (replicas === undefined || replicasAdded === undefined) return undefined;
  // Added or removed is not known here; the smaller of the two possible levels before is assumed.
  return replicasAdded / Math.max(1, replicas - replicasAdded);
}

function windowUse(place: Place, value: number, limit: OwnerLimit, measured: BlastRadius): WindowUse[] {
  if (limit.window === undefined) return [];
  const { service, environment, dimension } = place;
  return [
    {
      key: `blast/${environment}/${service}/${dimension}`,
      label: `${dimension} of ${service} in ${environment}`,
      amount: changeOf(dimension, value, measured) ?? Number.POSITIVE_INFINITY,
      windowMs: limit.window.perMinutes * 60_000,
      max: limit.window.sum,
    },
  ];
}

function overWindow(use: WindowUse, sum: number): string {
  const minutes = use.windowMs / 60_000;
  return `${use.label}: ${use.amount} more would pass ${use.max} within ${minutes} minutes (${sum} used so far): wait, or ask the owner`;
}

function plainLimit(limit: OwnerLimit): JsonObject {
  const { max, step, share, window } = limit;
  return {
    ...(max === undefined ? {} : { max }),
    ...(step === undefined ? {} : { step }),
    ...(share === undefined ? {} : { share }),
    ...(window === undefined ? {} : { window: { sum: window.sum, perMinutes: window.perMinutes } }),
  };
}

function keyOf(environment: string, dimension: string): string {
  return `limits.${environment}.${dimension}`;
}
