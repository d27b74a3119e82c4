import { parseArgs } from 'node:util';

export const sectionNames = ['cold', 'calls', 'tokens', 'otlp'] as const;
export type SectionName = (typeof sectionNames)[number];

export interface BenchOptions {
  readonly only: readonly SectionName[];
  readonly quick: boolean;
  /** File that gets everything as JSON. */
  readonly json: string | undefined;
}

export const usage = `npm run bench -- [--only ${sectionNames.join(',')}] [--quick] [--json FILE]

  --only    some sections alone, separated by commas
  --quick   few repetitions and little data: shows that it runs, measures nothing well
  --json    writes every figure to FILE as well
`;

/** Throws an Error whose message can be shown for options that do not exist. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { only: { type: 'string' }, quick: { type: 'boolean' }, json: { type: 'string' } },
  });
  const wanted = values.only?.split(',').map((name) => name.trim()) ?? [...sectionNames];
  const unknown = wanted.filter((name) => !isSection(name));
  if (unknown.length > 0)
    throw new Error(`There is no section ${unknown.join(', ')}; there are ${sectionNames.join(', ')}.`);
  return { only: wanted.filter(isSection), quick: values.quick ?? false, json: values.json };
}

function isSection(name: string): name is SectionName {
  return sectionNames.some((each) => each === name);
}
