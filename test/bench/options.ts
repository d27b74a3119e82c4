import { parseArgs } from 'node:util';

export const sectionNames = ['cold', 'calls', 'tokens', 'otlp'] as const;
export type SectionName = (typeof sectionNames)[number];

export interface BenchOptions {
  readonly only: readonly SectionName[];
  readonly quick: boolean;
  /** File that gets everything as JSON. */
  readonly json: string | undefined;
}

const usage = `npm run bench -- [--only ${sectionNames.join(',')}] [--quick] [--json FILE]

  --only    some sections alone, separated by commas
  --quick   few repetitions and little data: shows that it runs, measures nothing well
  --json    writes every figure to FILE as well
`;

/** Throws an Error whose message can be shown for options that do not exist. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const values = parse(argv);
  const wanted = values.only?.split(',').map((name) => name.trim()) ?? [...sectionNames];
  const unknown = wanted.filter((name) => !isSection(name));
  if (unknown.length > 0) throw new Error(`There is no section ${unknown.join(', ')}.\n\n${usage}`);
  return { only: wanted.filter(isSection), quick: values.quick ?? false, json: values.json };
}

function parse(argv: readonly string[]) {
  const options = { only: { type: 'string' }, quick: { type: 'boolean' }, json: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}`, { cause });
  }
}

function isSection(name: string): name is SectionName {
  return sectionNames.some((each) => each === name);
}
