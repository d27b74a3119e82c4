import { StartError } from '@devops-mcp/runtime';
import type { Discovered } from './discover.js';
import { type Choice, choices, readChoice, suggestClass } from './environment-class.js';
import type { GivenChoices } from './given-choices.js';

/** Asks a person one question; absent where there is nobody to ask. */
export type Ask = (question: string) => Promise<string>;

export interface ChooseOptions {
  readonly ask: Ask | undefined;
  /** `--yes`: what no option names is left out, without a question. */
  readonly yes: boolean;
}

const mostAttempts = 5;

/** One thing that was found, with what it is called on the command line. */
interface Candidate {
  readonly option: '--context' | '--prometheus' | '--alertmanager';
  readonly name: string;
  /** What its name and address may tell. */
  readonly tells: string;
}

/**
 * A class for everything that was found: from the options, else from the person. A class is never
 * guessed. Rejects with a StartError of kind usage that lists what to pass where nobody can be asked.
 */
export async function chooseClasses(
  found: Discovered,
  given: GivenChoices,
  { ask, yes }: ChooseOptions,
): Promise<GivenChoices> {
  const candidates = candidatesOf(found);
  const known = (candidate: Candidate) => mapOf(given, candidate).get(candidate.name);
  const open = candidates.filter((candidate) => known(candidate) === undefined);
  refuseUnknownContexts(given, found);
  if (open.length > 0 && !ask && !yes) throw needsOptions(open);
  const chosen = new Map<Candidate, Choice>();
  for (const candidate of candidates) {
    const choice = known(candidate) ?? (ask && !yes ? await askFor(candidate, ask) : 'skip');
    chosen.set(candidate, choice);
  }
  const of = (option: Candidate['option']) =>
    new Map(
      [...chosen].flatMap(([candidate, choice]) =>
        candidate.option === option ? [[candidate.name, choice] as const] : [],
      ),
    );
  return {
    contexts: of('--context'),
    prometheus: of('--prometheus'),
    alertmanager: of('--alertmanager'),
  };
}

function candidatesOf({ contexts, prometheus, alertmanager }: Discovered): readonly Candidate[] {
  return [
    ...contexts.map(({ name, cluster, server }): Candidate => {
      return { option: '--context', name, tells: `${name} ${cluster} ${server ?? ''}` };
    }),
    ...prometheus.map((name): Candidate => ({ option: '--prometheus', name, tells: name })),
    ...alertmanager.map((name): Candidate => ({ option: '--alertmanager', name, tells: name })),
  ];
}

function mapOf(given: GivenChoices, { option }: Candidate): ReadonlyMap<string, Choice> {
  if (option === '--context') return given.contexts;
  return option === '--prometheus' ? given.prometheus : given.alertmanager;
}

function refuseUnknownContexts(given: GivenChoices, { contexts }: Discovered): void {
  const names = contexts.map(({ name }) => name);
  const unknown = [...given.contexts.keys()].find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const known = names.length === 0 ? 'no kubeconfig has any' : `there are ${names.slice(0, 20).join(', ')}`;
  throw new StartError(`--context ${unknown.slice(0, 80)}: there is no such context; ${known}.`, {
    kind: 'usage',
  });
}

async function askFor({ option, name, tells }: Candidate, ask: Ask): Promise<Choice> {
  const suggested = suggestClass(tells);
  const usual = suggested === undefined ? '' : ` [${suggested}]`;
  const what =
    option === '--context'
      ? 'The Kubernetes context'
      : option === '--prometheus'
        ? 'Metrics at'
        : 'Alerts at';
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const typed = await ask(`${what} ${name} is ${choices.join(', ')}?${usual} `);
    const choice = typed.trim() === '' ? suggested : readChoice(typed);
    if (choice !== undefined) return choice;
  }
  throw new StartError(`No class was given for ${name}; nothing was written.`);
}

function needsOptions(open: readonly Candidate[]): StartError {
  const lines = open.map(({ option, name, tells }) => {
    const suggested = suggestClass(tells);
    return `  ${option} '${name}=${suggested ?? 'production|staging|development|skip'}'`;
  });
  return new StartError(
    `There is no terminal to ask at. Say what each of these is, or leave them out with --yes:\n${lines.join('\n')}`,
    { kind: 'usage' },
  );
}
