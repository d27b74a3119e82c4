const longestCompared = 80;

/**
 * The known names nearest to a mistyped one, nearest first. Distance is optimal string alignment
 * (insert, delete, substitute, swap neighbours); names that contain the typed one, or are contained
 * in it, count as near too. Names that need more than a third of their letters changed are not offered.
 */
export function closestNames(name: string, known: Iterable<string>, limit = 3): readonly string[] {
  const typed = fold(name);
  if (typed === '') return [];
  const ranked: { readonly name: string; readonly distance: number }[] = [];
  for (const candidate of new Set(known)) {
    const other = fold(candidate);
    const longer = Math.max(typed.length, other.length);
    const distance = isPart(typed, other)
      ? 0.5 + (longer - Math.min(typed.length, other.length)) / 100
      : alignment(typed, other);
    if (distance <= Math.max(2, longer / 3)) ranked.push({ name: candidate, distance });
  }
  ranked.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return ranked.slice(0, limit).map((entry) => entry.name);
}

/** A hint for a name that is not known: the closest ones, or what is said when none is close. */
export function didYouMean(closest: readonly string[], otherwise: string): string {
  return closest.length > 0 ? `Did you mean ${closest.join(', ')}?` : otherwise;
}

function fold(name: string): string {
  return name.slice(0, longestCompared).toLowerCase().replaceAll(/[._]/g, '-');
}

/** Two letters are part of too many names to say anything. */
function isPart(a: string, b: string): boolean {
  if (a === b) return false;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 3 && long.includes(short);
}

function alignment(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, at(beforeLast, column - 2) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
