/** Lines `start` to `start + remove` of the old text become `insert`. Lines keep their line ends. */
export interface LineEdit {
  readonly start: number;
  readonly remove: number;
  readonly insert: readonly string[];
}

/** Above this many differing lines the search for the shortest difference is not worth its time. */
const mostSteps = 400;

export function splitLines(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** The edits that turn one text into the other, in order. Myers' O(ND) algorithm (1986). */
export function diffLines(before: string, after: string): readonly LineEdit[] {
  const a = splitLines(before);
  const b = splitLines(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const middleA = a.slice(head, a.length - tail);
  const middleB = b.slice(head, b.length - tail);
  if (middleA.length === 0 && middleB.length === 0) return [];
  const matches = commonLines(middleA, middleB);
  return editsBetween(middleA, middleB, matches).map((edit) => ({ ...edit, start: edit.start + head }));
}

/** Applies edits made by `diffLines`; undefined when they do not fit the text. */
export function applyLineEdits(before: string, edits: readonly LineEdit[]): string | undefined {
  const lines = splitLines(before);
  const out: string[] = [];
  let at = 0;
  for (const edit of edits) {
    if (edit.start < at || edit.start + edit.remove > lines.length) return undefined;
    out.push(...lines.slice(at, edit.start), ...edit.insert);
    at = edit.start + edit.remove;
  }
  out.push(...lines.slice(at));
  return out.join('');
}

/** A unified difference without the file header; empty when the texts are equal. */
export function unifiedDiff(before: string, after: string, context = 3): string {
  const a = splitLines(before);
  const hunks: LineEdit[][] = [];
  for (const edit of diffLines(before, after)) {
    const last = hunks.at(-1)?.at(-1);
    if (last && edit.start - (last.start + last.remove) <= 2 * context) hunks.at(-1)?.push(edit);
    else hunks.push([edit]);
  }
  let shift = 0;
  return hunks
    .map((edits) => {
      const text = hunkText(a, edits, context, shift);
      shift += edits.reduce((sum, edit) => sum + edit.insert.length - edit.remove, 0);
      return text;
    })
    .join('');
}

function hunkText(a: readonly string[], edits: readonly LineEdit[], context: number, shift: number): string {
  const first = edits[0]?.start ?? 0;
  const last = edits.at(-1);
  const start = Math.max(0, first - context);
  const end = Math.min(a.length, (last ? last.start + last.remove : first) + context);
  const out: string[] = [];
  let at = start;
  for (const edit of edits) {
    out.push(...a.slice(at, edit.start).map((line) => mark(' ', line)));
    out.push(...a.slice(edit.start, edit.start + edit.remove).map((line) => mark('-', line)));
    out.push(...edit.insert.map((line) => mark('+', line)));
    at = edit.start + edit.remove;
  }
  out.push(...a.slice(at, end).map((line) => mark(' ', line)));
  const added = edits.reduce((sum, edit) => sum + edit.insert.length - edit.remove, 0);
  const removed = end - start;
  return `@@ -${place(start, removed)} +${place(start + shift, removed + added)} @@\n${out.join('')}`;
}

function place(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}

function mark(sign: string, line: string): string {
  return line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}

/** Pairs of equal lines of a longest common subsequence; none when the texts differ too much. */
function commonLines(a: readonly string[], b: readonly string[]): readonly LinePair[] {
  const reached: Frontier = new Map([[1, 0]]);
  const history: Frontier[] = [];
  for (let steps = 0; steps <= Math.min(a.length + b.length, mostSteps); steps++) {
    history.push(new Map(reached));
    for (let k = -steps; k <= steps; k += 2) {
      const from = previousDiagonal(reached, k, steps);
      let x = from > k ? (reached.get(from) ?? 0) : (reached.get(from) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reached.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(history, a.length, b.length);
    }
  }
  return [];
}

type LinePair = readonly [before: number, after: number];
/** Diagonal (place in the old text less place in the new) to the furthest place in the old text. */
type Frontier = Map<number, number>;

function previousDiagonal(reached: Frontier, k: number, steps: number): number {
  if (k === -steps) return k + 1;
  if (k === steps) return k - 1;
  return (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1) ? k + 1 : k - 1;
}

function walkBack(history: readonly Frontier[], endA: number, endB: number): readonly LinePair[] {
  const pairs: LinePair[] = [];
  let x = endA;
  let y = endB;
  for (let steps = history.length - 1; steps > 0; steps--) {
    const reached = history[steps] ?? new Map();
    const from = previousDiagonal(reached, x - y, steps);
    const fromX = reached.get(from) ?? 0;
    while (x > fromX && y > fromX - from) pairs.push([--x, --y]);
    x = fromX;
    y = fromX - from;
  }
  while (x > 0 && y > 0) pairs.push([--x, --y]);
  return pairs.reverse();
}

function editsBetween(
  a: readonly string[],
  b: readonly string[],
  matches: readonly LinePair[],
): readonly LineEdit[] {
  const edits: LineEdit[] = [];
  let x = 0;
  let y = 0;
  for (const [nextX, nextY] of [...matches, [a.length, b.length] as const]) {
    if (nextX > x || nextY > y) edits.push({ start: x, remove: nextX - x, insert: b.slice(y, nextY) });
    x = nextX + 1;
    y = nextY + 1;
  }
  return edits;
}
