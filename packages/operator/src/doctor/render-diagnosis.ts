import { type Area, areas, type Check, type Diagnosis, type Level } from './check.js';

const headings: Readonly<Record<Level, string>> = {
  failure: 'Failures',
  warning: 'Warnings',
  ok: 'Fine',
};

/** Failures first, each with what to do; then warnings; what is fine comes last, by area. */
export function renderDiagnosis({ checks }: Diagnosis): string {
  const groups = (['failure', 'warning', 'ok'] as const).flatMap((level) => {
    const found = checks.filter((check) => check.level === level);
    return found.length === 0 ? [] : [`${headings[level]}\n${byArea(found)}`];
  });
  return [...groups, summary(checks)].join('\n\n');
}

export function countLevels(checks: readonly Check[]): Readonly<Record<Level, number>> {
  const count = (level: Level) => checks.filter((check) => check.level === level).length;
  return { failure: count('failure'), warning: count('warning'), ok: count('ok') };
}

function summary(checks: readonly Check[]): string {
  const { failure, warning, ok } = countLevels(checks);
  return `${number(failure, 'failure')}, ${number(warning, 'warning')}, ${ok} fine.`;
}

function number(count: number, what: string): string {
  return `${count === 0 ? 'No' : count} ${what}${count === 1 ? '' : 's'}`;
}

function byArea(checks: readonly Check[]): string {
  return areas
    .filter((area) => checks.some((check) => check.area === area))
    .map((area) => `  ${area}\n${linesOf(checks, area)}`)
    .join('\n');
}

/** What to do stands once, under the last of those that it is for. */
function linesOf(checks: readonly Check[], area: Area): string {
  const shown = checks.filter((check) => check.area === area);
  return shown
    .map(({ message, fix }, at) => {
      const told = fix === undefined || shown[at + 1]?.fix === fix;
      return `    ${message}${told ? '' : `\n      -> ${fix}`}`;
    })
    .join('\n');
}
