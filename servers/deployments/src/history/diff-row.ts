import { type DiffSummary, type FieldChange, knownFields } from '@devops-mcp/domain';
import { z } from 'zod';

/** Absent: the key was not there before, or is not there any more. */
const ends = { from: z.string().optional(), to: z.string().optional() };
const fields = z.array(z.object({ field: z.string(), ...ends }));
const strings = z.array(z.string());

/** What lies between two deployments; secret values are masked. */
export const diffRow = z.object({
  commits: z.number(),
  authors: strings,
  pullRequests: strings,
  filesByArea: z.record(z.string(), z.number()),
  migrations: strings,
  configuration: fields,
  flags: fields,
  resources: fields,
  image: z.object(ends).optional(),
  replicas: z.object({ from: z.number(), to: z.number() }).optional(),
  /** Entries left out of the lists above. */
  cut: z.number().optional(),
});
export type DiffRow = z.output<typeof diffRow>;

const longestList = 15;

/** The summary with its lists cut to what a reader takes in, counting what was cut. */
export function diffRowOf(diff: DiffSummary): DiffRow {
  let cut = 0;
  const short = <T>(list: readonly T[]): T[] => {
    cut += Math.max(0, list.length - longestList);
    return list.slice(0, longestList);
  };
  const changes = (list: readonly FieldChange[]) => short(list).map((change) => knownFields(change));
  const row = {
    commits: diff.commits,
    authors: short(diff.authors),
    pullRequests: short(diff.pullRequests),
    filesByArea: { ...diff.filesByArea },
    migrations: short(diff.migrations),
    configuration: changes(diff.configuration),
    flags: changes(diff.flags),
    resources: changes(diff.resources),
    ...(diff.image ? { image: knownFields(diff.image) } : {}),
    ...(diff.replicas ? { replicas: { ...diff.replicas } } : {}),
  };
  return cut > 0 ? { ...row, cut } : row;
}
