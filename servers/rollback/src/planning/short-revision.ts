/** The id of a commit as people write it; names of other revisions, such as a ReplicaSet, stay whole. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 10) : revision;
}
