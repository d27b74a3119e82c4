/**
 * A 52-bit hash of a series' identity as a whole number that fits a double: two 32-bit FNV-1a runs with
 * different starts. Among 100,000 series the chance of any two meeting is about one in a million.
 */
export function seriesHash(key: string): number {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const high = fnv(key, 0x811c9dc5) >>> 12;
  const hash = high * 2 ** 32 + fnv(key, 0x9e3779b9);
  if (hashes.size >= mostKnown) hashes.clear();
  hashes.set(key, hash);
  return hash;
}

const mostKnown = 50_000;
const hashes = new Map<string, number>();

function fnv(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
