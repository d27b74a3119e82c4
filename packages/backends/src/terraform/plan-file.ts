import { isDeepStrictEqual } from 'node:util';
import type { InfrastructurePlanChange } from '@devops-mcp/domain';
import { z } from 'zod';
import { UnusableFile } from './read-json-file.js';
import { type FoundResource, labelsOf, providerName } from './state-file.js';

type Attributes = Readonly<Record<string, unknown>>;

const attributes = z.record(z.string(), z.unknown()).nullish();
/** A map of attributes to `true`, or `true` for all of them. */
const marks = z.union([z.boolean(), z.record(z.string(), z.unknown()), z.array(z.unknown())]).nullish();
const actionNames = ['no-op', 'create', 'read', 'update', 'delete'] as const;

const resourceChange = z.object({
  address: z.string(),
  mode: z.string().default('managed'),
  type: z.string(),
  change: z.object({
    actions: z.array(z.string()).max(5),
    before: attributes.catch(null),
    after: attributes.catch(null),
    after_unknown: marks,
    before_sensitive: marks,
    after_sensitive: marks,
  }),
});

const planResource = z.object({
  address: z.string(),
  mode: z.string().default('managed'),
  type: z.string(),
  provider_name: z.string().default(''),
  tainted: z.boolean().optional(),
  values: attributes.catch(null),
});

const planFile = z.object({
  format_version: z.string(),
  terraform_version: z.string().nullish(),
  resource_changes: z.array(resourceChange).default([]),
  resource_drift: z.array(resourceChange).default([]),
  prior_state: z.object({ values: z.object({ root_module: z.unknown() }).nullish() }).nullish(),
});

export interface FoundChange {
  readonly change: InfrastructurePlanChange;
  readonly labels: readonly string[];
}

export interface FoundPlan {
  readonly terraformVersion: string | null;
  readonly resources: readonly FoundResource[];
  readonly planned: readonly FoundChange[];
  readonly drift: readonly FoundChange[];
}

/** What a plan would do and what it found changed outside Terraform. Values never leave this function. */
export function readPlanFile(json: unknown): FoundPlan {
  const parsed = planFile.safeParse(json);
  if (!parsed.success)
    throw new UnusableFile('the plan is not of the shape of `terraform show -json`', parsed.error);
  const plan = parsed.data;
  const drift = plan.resource_drift.map((one) => readChange(one));
  const drifted = new Set(drift.map(({ change }) => change.address));
  return {
    terraformVersion: plan.terraform_version ?? null,
    resources: resourcesIn(plan.prior_state?.values?.root_module, drifted, 0),
    planned: plan.resource_changes
      .filter((one) => one.mode === 'managed' && !one.change.actions.every((action) => action === 'no-op'))
      .map((one) => readChange(one)),
    drift,
  };
}

function readChange(found: z.output<typeof resourceChange>): FoundChange {
  const { change } = found;
  const actions = actionNames.filter((action) => change.actions.includes(action));
  return {
    change: {
      address: found.address,
      type: found.type,
      actions,
      replaces: actions.includes('create') && actions.includes('delete'),
      changedAttributes: changedAttributes(change),
    },
    labels: [...labelsOf(change.before), ...labelsOf(change.after)],
  };
}

/** Names only. A resource that is made or destroyed changes all of them, which says nothing. */
function changedAttributes(change: z.output<typeof resourceChange>['change']): readonly string[] {
  const { before, after } = change;
  if (!before || !after) return [];
  const names = new Set([
    ...Object.keys(before),
    ...Object.keys(after),
    ...markedNames(change.after_unknown),
  ]);
  return [...names]
    .filter((name) => isMarked(change.after_unknown, name) || differs(before, after, change, name))
    .sort()
    .map((name) =>
      isMarked(change.before_sensitive, name) || isMarked(change.after_sensitive, name)
        ? `${name} (sensitive)`
        : name,
    );
}

function differs(
  before: Attributes,
  after: Attributes,
  change: z.output<typeof resourceChange>['change'],
  name: string,
): boolean {
  const marksDiffer = isMarked(change.before_sensitive, name) !== isMarked(change.after_sensitive, name);
  return marksDiffer || !isDeepStrictEqual(before[name] ?? null, after[name] ?? null);
}

function markedNames(marked: z.output<typeof marks>): readonly string[] {
  return typeof marked === 'object' && marked !== null && !Array.isArray(marked) ? Object.keys(marked) : [];
}

/** Marks nest; an attribute counts when anything in it is marked. */
function isMarked(marked: z.output<typeof marks>, name: string): boolean {
  if (typeof marked === 'boolean') return marked;
  if (typeof marked !== 'object' || marked === null || Array.isArray(marked)) return false;
  return hasMark(Object.hasOwn(marked, name) ? marked[name] : undefined, 0);
}

const deepest = 50;

function hasMark(value: unknown, depth: number): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null || depth > deepest) return false;
  return Object.values(value).some((inner) => hasMark(inner, depth + 1));
}

const module = z.object({
  resources: z.array(z.unknown()).default([]),
  child_modules: z.array(z.unknown()).default([]),
});

function resourcesIn(value: unknown, drifted: ReadonlySet<string>, depth: number): readonly FoundResource[] {
  const parsed = module.safeParse(value);
  if (!parsed.success || depth > deepest) return [];
  const own = parsed.data.resources.flatMap((one): readonly FoundResource[] => {
    const resource = planResource.safeParse(one);
    if (!resource.success || resource.data.mode !== 'managed') return [];
    const { address, type, provider_name, tainted, values } = resource.data;
    const status = tainted ? 'tainted' : drifted.has(address) ? 'drifted' : 'present';
    return [
      {
        resource: { address, type, provider: providerName(provider_name), status },
        labels: labelsOf(values),
      },
    ];
  });
  const inner = parsed.data.child_modules.flatMap((child) => resourcesIn(child, drifted, depth + 1));
  return [...own, ...inner];
}
