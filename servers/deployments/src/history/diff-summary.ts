import type { DiffSummary } from '@devops-mcp/domain';
import { z } from 'zod';

const fieldChange = z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() });

/** What changed between two neighbouring deployments; empty parts are left out to keep answers small. */
export const diffSummary = z.object({
  commits: z.number(),
  authors: z.array(z.string()),
  pullRequests: z.array(z.string()).optional(),
  filesByArea: z.record(z.string(), z.number()).optional(),
  migrations: z.array(z.string()).optional(),
  configuration: z.array(fieldChange).optional(),
  flags: z.array(fieldChange).optional(),
  image: z.object({ from: z.string().nullable(), to: z.string().nullable() }).optional(),
  resources: z.array(fieldChange).optional(),
  replicas: z.object({ from: z.number(), to: z.number() }).optional(),
});

export function showDiffSummary(summary: DiffSummary): z.output<typeof diffSummary> {
  const filled = <T>(list: readonly T[]) => (list.length === 0 ? undefined : [...list]);
  return withoutUndefined({
    commits: summary.commits,
    authors: [...summary.authors],
    pullRequests: filled(summary.pullRequests),
    filesByArea: Object.keys(summary.filesByArea).length === 0 ? undefined : { ...summary.filesByArea },
    migrations: filled(summary.migrations),
    configuration: filled(summary.configuration),
    flags: filled(summary.flags),
    image: summary.image ?? undefined,
    resources: filled(summary.resources),
    replicas: summary.replicas ?? undefined,
  });
}

/** One line: the parts that matter most in an incident first. */
export function describeDiff(summary: z.output<typeof diffSummary>): string {
  const fields = (name: string, changes: z.output<typeof fieldChange>[] | undefined) =>
    changes === undefined
      ? []
      : [
          `${name} ${changes.map(({ field, from, to }) => `${field}: ${from ?? '(none)'} → ${to ?? '(none)'}`).join(', ')}`,
        ];
  const parts = [
    ...(summary.migrations
      ? [`migrations ${summary.migrations.map((path) => path.split('/').at(-1)).join(', ')}`]
      : []),
    ...fields('flags', summary.flags),
    ...fields('configuration', summary.configuration),
    ...(summary.image ? [`image ${tagOf(summary.image.from)} → ${tagOf(summary.image.to)}`] : []),
    ...(summary.replicas ? [`replicas ${summary.replicas.from} → ${summary.replicas.to}`] : []),
    ...fields('resources', summary.resources),
    ...(summary.pullRequests ? [summary.pullRequests.join(' ')] : []),
    `${summary.commits} ${summary.commits === 1 ? 'commit' : 'commits'}`,
  ];
  return parts.join('; ');
}

function tagOf(image: string | null): string {
  return image?.split('/').at(-1)?.slice(0, 80) ?? '(none)';
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

// The cast only drops keys whose value is undefined, which is what the result type says.
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Defined<T>;
}
