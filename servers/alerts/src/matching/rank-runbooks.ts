import type { Runbook, ServicesApi } from '@devops-mcp/domain';
import { sameName, sharedWords, wordsOf } from './words.js';

export interface RunbookQuestion {
  readonly service?: string | undefined;
  readonly alert?: string | undefined;
  readonly text?: string | undefined;
}

export interface RankedRunbook {
  readonly runbook: Runbook;
  /** 0 to 100. */
  readonly score: number;
  readonly why: readonly string[];
  readonly freshness: 'fresh' | 'stale' | 'never_reviewed';
}

const dayMs = 86_400_000;
const freshDays = 180;

/**
 * Score: 50 for naming the alert, 30 for naming the service (8 for naming one that it depends on),
 * up to 15 for words in title and tags, up to 5 for words in the body; then a tenth less when the
 * last review is over 180 days ago or unknown. Words count from the text and the alert's name. A
 * body alone counts only with two words, and a runbook for other services only when it names the
 * alert or its title matches.
 */
export function rankRunbooks(
  runbooks: readonly Runbook[],
  question: RunbookQuestion,
  services: ServicesApi,
  now: Date,
): readonly RankedRunbook[] {
  const words = wordsOf(`${question.text ?? ''} ${question.alert ?? ''}`);
  return runbooks
    .flatMap((runbook) => rankOne(runbook, question, words, services, now) ?? [])
    .toSorted((a, b) => b.score - a.score || (a.runbook.id < b.runbook.id ? -1 : 1));
}

function rankOne(
  runbook: Runbook,
  { service, alert }: RunbookQuestion,
  words: ReadonlySet<string>,
  services: ServicesApi,
  now: Date,
): RankedRunbook | undefined {
  const why: string[] = [];
  let score = 0;
  const namesAlert = alert !== undefined && runbook.alerts.some((name) => sameName(name, alert));
  if (namesAlert) {
    score += 50;
    why.push(`is for the alert ${alert}`);
  }
  const dependency = services.get(service ?? '')?.dependsOn.find((name) => runbook.services.includes(name));
  const own = service !== undefined && runbook.services.some((name) => sameName(name, service));
  if (own) {
    score += 30;
    why.push(`is for ${service}`);
  } else if (dependency !== undefined) {
    score += 8;
    why.push(`is for ${dependency}, on which ${service} depends`);
  }
  const inTitle = sharedWords(words, wordsOf(`${runbook.title} ${runbook.tags.join(' ')}`));
  const foreign = service !== undefined && runbook.services.length > 0 && !own && dependency === undefined;
  if (foreign && !namesAlert && inTitle.length === 0) return undefined;
  if (inTitle.length > 0) {
    score += Math.min(15, 5 * inTitle.length);
    why.push(`title or tags: ${inTitle.slice(0, 5).join(', ')}`);
  }
  const inBody = sharedWords(words, wordsOf(runbook.body)).filter((word) => !inTitle.includes(word));
  if (inBody.length >= 2 || (inBody.length === 1 && score > 0)) {
    score += Math.min(5, inBody.length);
    why.push(`text: ${inBody.slice(0, 5).join(', ')}`);
  }
  if (score === 0) return undefined;
  const freshness = freshnessOf(runbook, now);
  return { runbook, score: Math.round(freshness === 'fresh' ? score : score * 0.9), why, freshness };
}

function freshnessOf({ reviewed }: Runbook, now: Date): RankedRunbook['freshness'] {
  if (reviewed === null) return 'never_reviewed';
  return now.getTime() - reviewed.getTime() > freshDays * dayMs ? 'stale' : 'fresh';
}
