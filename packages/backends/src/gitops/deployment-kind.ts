import type { Deployment } from '@devops-mcp/domain';
import { areaOf } from './areas.js';
import type { Manifests } from './manifests.js';
import { insideOf } from './service-path.js';

/**
 * What a deployment was for. A commit that git made as a revert, or an image that ran earlier and
 * was replaced since, is a rollback; then the most far-reaching change decides.
 */
export function kindOfDeployment(facts: {
  readonly commit: { readonly subject: string; readonly body: string };
  readonly before: Manifests | undefined;
  readonly after: Manifests;
  readonly changed: readonly string[];
  readonly folder: string;
  /** Whether an image was one of those before the one before. */
  readonly ranBefore: (image: string) => boolean;
}): Deployment['kind'] {
  const { before, after } = facts;
  if (isRevert(facts.commit)) return 'rollback';
  if (before === undefined) return 'deployment';
  const image = after.image?.value;
  if (image !== before.image?.value)
    return image !== undefined && facts.ranBefore(image) ? 'rollback' : 'deployment';
  const areas = facts.changed.map((path) => areaOf(insideOf(facts.folder, path) ?? path));
  if (areas.includes('migrations')) return 'deployment';
  if (settingsChanged(before, after)) return 'configuration';
  if (before.replicas !== after.replicas || before.autoscaler?.max !== after.autoscaler?.max) return 'scale';
  if (fingerprint(before.restarts) !== fingerprint(after.restarts)) return 'restart';
  return 'configuration';
}

function isRevert(commit: { readonly subject: string; readonly body: string }): boolean {
  return (
    /^(Revert|Roll ?back|Rollback) /i.test(commit.subject) ||
    /^This reverts commit [0-9a-f]{7,64}/m.test(commit.body)
  );
}

function settingsChanged(before: Manifests, after: Manifests): boolean {
  return (
    located(before.configuration) !== located(after.configuration) ||
    located(before.flags) !== located(after.flags) ||
    fingerprint(before.resources) !== fingerprint(after.resources) ||
    fingerprint([...before.secretReferences]) !== fingerprint([...after.secretReferences])
  );
}

function located(map: Manifests['configuration']): string {
  return fingerprint(new Map([...map].map(([key, { value }]) => [key, value])));
}

function fingerprint(value: unknown): string {
  const plain =
    value instanceof Map ? [...value] : Array.isArray(value) ? value : Object.entries(value ?? {});
  return JSON.stringify(plain.map((entry) => JSON.stringify(entry)).sort());
}
