import type { Incident, ServicesApi } from '@devops-mcp/domain';
import { sameName, sharedWords, wordsOf } from './words.js';

export interface IncidentQuestion {
  readonly service?: string | undefined;
  readonly alerts: readonly string[];
  readonly kind?: string | undefined;
  readonly text?: string | undefined;
}

export interface RankedIncident {
  readonly incident: Incident;
  /** 0 to 100. */
  readonly score: number;
  readonly why: readonly string[];
}

/**
 * Score: up to 40 for alerts in common (25 for the first, 15 for a second), 25 for the same service
 * (10 for one that it depends on or that depends on it), 20 for the same kind, up to 15 for words
 * in common with title, kind, resolution and body. Equal scores: the newer first.
 */
export function rankIncidents(
  incidents: readonly Incident[],
  question: IncidentQuestion,
  services: ServicesApi,
): readonly RankedIncident[] {
  const words = wordsOf(`${question.text ?? ''} ${question.kind ?? ''}`);
  return incidents
    .flatMap((incident) => rankOne(incident, question, words, services) ?? [])
    .toSorted((a, b) => b.score - a.score || b.incident.started.getTime() - a.incident.started.getTime());
}

function rankOne(
  incident: Incident,
  { service, alerts, kind }: IncidentQuestion,
  words: ReadonlySet<string>,
  services: ServicesApi,
): RankedIncident | undefined {
  const why: string[] = [];
  let score = 0;
  const common = alerts.filter((alert) => incident.alerts.some((name) => sameName(name, alert)));
  if (common.length > 0) {
    score += common.length > 1 ? 40 : 25;
    why.push(`same ${common.length > 1 ? 'alerts' : 'alert'}: ${common.slice(0, 5).join(', ')}`);
  }
  const neighbour = service === undefined ? undefined : neighbourOf(service, incident, services);
  if (service !== undefined && incident.services.includes(service)) {
    score += 25;
    why.push(`same service: ${service}`);
  } else if (neighbour !== undefined) {
    score += 10;
    why.push(`${neighbour} is next to ${service} in the graph`);
  }
  if (kind !== undefined && incident.kind !== null && sameName(incident.kind, kind)) {
    score += 20;
    why.push(`same kind: ${kind}`);
  }
  const text = `${incident.title} ${incident.kind ?? ''} ${incident.resolution ?? ''} ${incident.body}`;
  const found = sharedWords(words, wordsOf(text));
  if (found.length >= 2 || (found.length === 1 && score > 0)) {
    score += Math.min(15, 3 * found.length);
    why.push(`words: ${found.slice(0, 6).join(', ')}`);
  }
  return score === 0 ? undefined : { incident, score, why };
}

function neighbourOf(service: string, incident: Incident, services: ServicesApi): string | undefined {
  const around = [...(services.get(service)?.dependsOn ?? []), ...services.dependents(service)];
  return incident.services.find((name) => around.includes(name));
}
