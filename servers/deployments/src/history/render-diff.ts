import { cutText, oneLine } from '@devops-mcp/domain';
import type { DiffRow } from './diff-row.js';

const longestValue = 60;

/** The parts of a change in the order of what they can do, each short: `flags: new_checkout false → true`. */
export function renderChanges(diff: DiffRow): readonly string[] {
  const list = (label: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${label}: ${oneLine(items.join(', '))}`];
  const fields = (changes: DiffRow['configuration']) =>
    changes.map((change) => `${oneLine(change.field)} ${shown(change.from)} → ${shown(change.to)}`);
  const { replicas } = diff;
  return [
    ...list('MIGRATIONS', diff.migrations.map(migrationName)),
    ...(imageOnly(diff) ?? []),
    ...list('config', fields(diff.configuration)),
    ...list('flags', fields(diff.flags)),
    ...(replicas ? [`replicas: ${replicas.from} → ${replicas.to}`] : []),
    ...list('resources', fields(diff.resources)),
    ...list(
      'files',
      Object.entries(diff.filesByArea).map(([area, count]) => `${count} ${area}`),
    ),
    ...commits(diff),
    ...(diff.cut === undefined ? [] : [`${diff.cut} more entries in get_deployment_diff`]),
  ];
}

/** Nothing where none is known: a cluster keeps revisions and no commits. */
function commits({ commits: count, pullRequests }: DiffRow): readonly string[] {
  const parts = [
    ...(count === 0 ? [] : [count === 1 ? '1 commit' : `${count} commits`]),
    ...(pullRequests.length === 0 ? [] : [oneLine(pullRequests.join(' '))]),
  ];
  return parts.length === 0 ? [] : [parts.join(' ')];
}

/** The path without the folder that all migrations share. */
function migrationName(path: string): string {
  return oneLine(path).replace(/^.*\bmigrations?\//, '');
}

/** An image that changed without its tag: the tag was moved, which is worth a word. */
function imageOnly({ image }: DiffRow): readonly string[] | undefined {
  const tag = (name: string | undefined) => name?.split('@')[0];
  if (!image || tag(image.from) !== tag(image.to)) return undefined;
  return ['image: same tag, other digest'];
}

function shown(value: string | undefined): string {
  return value === undefined ? '(none)' : cutText(oneLine(value), longestValue);
}
