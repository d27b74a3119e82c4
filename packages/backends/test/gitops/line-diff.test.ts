import { describe, expect, it } from 'vitest';
import { applyLineEdits, diffLines, splitLines, unifiedDiff } from '../../src/gitops/line-diff.js';

describe('line differences', () => {
  it('turns one text into the other, whatever the texts', () => {
    const random = seeded(7);
    for (let round = 0; round < 400; round++) {
      const before = randomText(random);
      const after = randomText(random);
      const edits = diffLines(before, after);
      expect(applyLineEdits(before, edits)).toBe(after);
    }
  });

  it('keeps a longest common subsequence', () => {
    const edits = diffLines('a\nb\nc\na\nb\nb\na\n', 'c\nb\na\nb\na\nc\n');
    const changed = edits.reduce((sum, edit) => sum + edit.remove + edit.insert.length, 0);
    expect(changed).toBe(5);
  });

  it('shows hunks that git accepts in form', () => {
    const before = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
    const after = before.replace('line 3\n', 'line three\n').replace('line 25', 'line 25\nextra');
    expect(unifiedDiff(`${before}\n`, `${after}\n`, 1)).toBe(
      [
        '@@ -3,3 +3,3 @@',
        ' line 2',
        '-line 3',
        '+line three',
        ' line 4',
        '@@ -26,2 +26,3 @@',
        ' line 25',
        '+extra',
        ' line 26',
        '',
      ].join('\n'),
    );
    expect(unifiedDiff('', 'a\n')).toBe('@@ -0,0 +1,1 @@\n+a\n');
    expect(unifiedDiff('a', 'a\n')).toContain('\\ No newline at end of file');
    expect(unifiedDiff('same\n', 'same\n')).toBe('');
  });

  it('refuses edits that do not fit', () => {
    expect(applyLineEdits('a\n', [{ start: 0, remove: 2, insert: [] }])).toBeUndefined();
  });

  it('gives up on the shortest difference of two large unlike texts, and is still right', () => {
    const before = Array.from({ length: 3_000 }, (_, line) => `a${line}\n`).join('');
    const after = Array.from({ length: 3_000 }, (_, line) => `b${line}\n`).join('');
    expect(applyLineEdits(before, diffLines(before, after))).toBe(after);
    expect(splitLines(after)).toHaveLength(3_000);
  });
});

function randomText(random: () => number): string {
  const length = Math.floor(random() * 12);
  const lines = Array.from({ length }, () => 'abcd'[Math.floor(random() * 4)]);
  return lines.join('\n') + (random() < 0.5 ? '\n' : '');
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
