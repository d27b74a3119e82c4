import { ToolError } from '@devops-mcp/contract';
import type { PlannedChange } from '@devops-mcp/domain';
import type { Place } from './document.js';
import { isSecretKey, maskValue } from './masking.js';
import { editValues, type PlanBase, planTexts, type ValueEdit } from './plan.js';

const keyPattern = /^[A-Za-z0-9._/-]{1,200}$/;

/**
 * Sets keys of the service's configuration or flags on a new branch, for review. A key that exists
 * is changed where it stands; a new one goes to the service's ConfigMap. Keys that look like secrets
 * are refused: their values would stand in proposals and audit records.
 */
export function planConfigChange(
  base: PlanBase,
  set: Readonly<Record<string, string>>,
  title: string,
): PlannedChange {
  const { owner } = base.state;
  const entries = Object.entries(set);
  if (entries.length === 0) throw invalid('No key was given.', 'Give at least one key and value.');
  const edits = entries.map(([key, value]): ValueEdit => ({ place: placeOf(base, key, value), value }));
  const keys = entries.map(([key]) => key).join(', ');
  return planTexts(base, editValues(base, edits), {
    repository: 'branches',
    branch: `devops-mcp/${slugOf(title)}`,
    message: title.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() || 'Change configuration',
    summary: `Branch for review: set ${keys.slice(0, 150)} of ${owner.service}`,
    warnings: [],
  });
}

function placeOf(base: PlanBase, key: string, value: string): Place {
  const { manifests, owner } = base.state;
  if (!keyPattern.test(key))
    throw invalid(
      `"${key.slice(0, 60)}" is not a key of configuration.`,
      'Use letters, digits, . _ - and /.',
    );
  if (isSecretKey(key) || maskValue(key, value) !== value)
    throw invalid(
      `The value of ${key} looks like a secret, which does not belong in configuration.`,
      'Change secrets in the secret store.',
    );
  const found = [manifests.configuration.get(key), manifests.flags.get(key)].filter(
    (located) => located !== undefined,
  );
  const [only, other] = found;
  if (other !== undefined)
    throw invalid(`${key} is both a configuration key and a flag.`, 'Change it by hand in the repository.');
  if (only !== undefined) return only.place;
  const map = manifests.configurationMap;
  if (map === undefined)
    throw new ToolError('not_found', `${owner.service} has no key ${key} and no ConfigMap to add it to.`, {
      hint: `Known keys: ${[...manifests.configuration.keys(), ...manifests.flags.keys()].slice(0, 10).join(', ')}`,
    });
  return { ...map, keys: [...map.keys, key] };
}

function slugOf(title: string): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  return slug || 'change';
}

function invalid(message: string, hint: string): ToolError {
  return new ToolError('invalid_input', message, { hint });
}
