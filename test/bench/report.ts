import type { SectionName } from './options.js';

/** A figure that was aimed at. */
export interface Aim {
  readonly what: string;
  /** The aim in words, with its unit. */
  readonly aim: string;
  /** What was measured, with its unit. */
  readonly figure: string;
  readonly value: number;
  readonly limit: number;
  readonly met: boolean;
}

export interface Table {
  readonly title: string;
  /** How to read it: what is compared with what. */
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Section {
  readonly name: SectionName;
  readonly tables: readonly Table[];
  readonly aims: readonly Aim[];
  /** Every figure, for programs. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Says what is being done; goes to standard error. */
export type Say = (what: string) => void;

export function aimAtMost(what: string, value: number, limit: number, unit: string, digits = 2): Aim {
  const text = (number: number) => `${number.toFixed(digits)} ${unit}`.trim();
  return {
    ...{ what, value, limit },
    aim: `at most ${text(limit)}`,
    figure: text(value),
    met: value <= limit,
  };
}

/** Columns aligned, the first to the left and figures to the right. */
export function renderTable({ title, note, columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const render = (line: readonly string[]) =>
    widths
      .map((width, column) =>
        column === 0 ? (line[0] ?? '').padEnd(width) : (line[column] ?? '').padStart(width),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [`\n${title}`, ...wrapped(note, 100), '', render(columns), rule, ...rows.map(render), ''].join('\n');
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
