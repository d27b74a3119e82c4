import type { ShopService } from '../company/model.js';
import { shopServices } from '../company/services.js';
import { createRandom } from '../random.js';
import type { PlannedChange, Scenario } from '../scenario/model.js';
import { baseMigrations } from './base-migrations.js';
import type { DesiredService } from './desired-state.js';
import { type HistoryEvent, people, routineDeployments, routineSettings } from './routine-changes.js';
import { features } from './sources.js';

export type { HistoryEvent } from './routine-changes.js';

export interface History {
  /** As things were when the history begins. */
  readonly start: ReadonlyMap<string, DesiredService>;
  readonly startMs: number;
  /** In order of time. */
  readonly events: readonly HistoryEvent[];
}

const dayMs = 86_400_000;
const weeks = 5;

/** Five weeks of deployments, settings, flags and scaling, and then what the scenario adds. */
export function planHistory(scenario: Scenario): History {
  const startMs = Math.floor(scenario.nowMs / dayMs) * dayMs - weeks * 7 * dayMs + 9 * 3_600_000;
  const start = new Map<string, DesiredService>();
  const events: HistoryEvent[] = [];
  for (const service of shopServices) {
    const random = createRandom(`history/${scenario.seed}/${service.name}`);
    const state = finalState(service, startMs);
    const own = [
      ...routineDeployments(service, state, random, startMs, scenario.startMs),
      ...routineSettings(service, state, random, startMs, scenario.startMs),
    ];
    start.set(service.name, state);
    events.push(...own);
  }
  events.push(...scenario.changes.map(eventOf));
  return { start, startMs, events: distinctTimes(events) };
}

/** A fresh copy for replaying the history, in which nothing is shared with the first. */
export function copyState(state: DesiredService): DesiredService {
  return {
    ...state,
    config: { ...state.config },
    flags: { ...state.flags },
    migrations: [...state.migrations],
    sources: [...state.sources],
  };
}

function finalState(service: ShopService, startMs: number): DesiredService {
  const before = baseMigrations[service.name]?.before ?? [];
  return {
    service,
    version: service.version,
    replicas: service.replicas,
    config: { ...service.config },
    flags: { ...service.flags },
    migrations: before.map((migration, index) => ({
      ...migration,
      number: index + 1,
      atMs: startMs - (before.length - index) * 40 * dayMs,
    })),
    sources: features.slice(0, 2).map((feature) => feature.code[service.language]),
  };
}

function eventOf(change: PlannedChange): HistoryEvent {
  const service = shopServices.find((candidate) => candidate.name === change.service);
  if (service === undefined) throw new RangeError(`The shop has no service named ${change.service}.`);
  const random = createRandom(`change/${change.service}/${change.title}`);
  const deploy = change.version === undefined ? '' : `deploy ${change.version}, `;
  return {
    ...people(service, random),
    id: change.id,
    atMs: change.committedMs,
    service: change.service,
    subject: `${change.service}: ${deploy}${change.title}`,
    body: change.body,
    apply(state) {
      if (change.version !== undefined) state.version = change.version;
      Object.assign(state.config, change.config ?? {});
      Object.assign(state.flags, change.flags ?? {});
      if (change.source !== undefined) state.sources.push(change.source);
      if (change.migration !== undefined)
        state.migrations.push({
          ...change.migration,
          number: state.migrations.length + 1,
          atMs: change.committedMs,
        });
    },
  };
}

/** Git knows seconds: two commits in one would have no order to a reader. */
function distinctTimes(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  let last = 0;
  return [...events]
    .sort((a, b) => a.atMs - b.atMs || (a.service < b.service ? -1 : 1))
    .map((event) => {
      last = Math.max(Math.floor(event.atMs / 1_000) * 1_000, last + 1_000);
      return { ...event, atMs: last };
    });
}
