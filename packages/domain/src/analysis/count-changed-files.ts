/** How many files a unified diff changes: every file has one line that begins with `+++ `; at least 1. */
export function countChangedFiles(diff: string): number {
  return Math.max(1, diff.match(/^\+\+\+ /gm)?.length ?? 0);
}
