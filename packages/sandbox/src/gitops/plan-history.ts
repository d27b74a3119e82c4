import { shopTeams } from '../company/organisation.js';
import type { ShopService } from '../company/model.js';
import { shopServices } from '../company/services.js';
import { createRandom, type Random } from '../random.js';
import type { PlannedChange, Scenario } from '../scenario/model.js';
import { baseMigrations } from './base-migrations.js';
import type { DesiredService } from './desired-state.js';
import { features } from './sources.js';

/** One commit to the main branch, before it has a number. */
export interface HistoryEvent {
  /** Set for the scenario's own changes. */
  readonly id: PlannedChange['id'] | null;
  readonly atMs: number;
  readonly service: string;
  readonly subject: string;
  readonly body: string;
  /** Local part of an address at example.com. */
  readonly author: string;
  readonly reviewer: string;
  apply(state: DesiredService): void;
}

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
      ...deployments(service, state, random, startMs, scenario.startMs),
      ...settings(service, state, random, startMs, scenario.startMs),
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

/** Walks back from the version before the incident; `state` becomes what it was before them. */
function deployments(
  service: ShopService,
  state: DesiredService,
  random: Random,
  fromMs: number,
  untilMs: number,
): readonly HistoryEvent[] {
  const count = 3 + random.int(4);
  const versions = [service.version];
  while (versions.length < count) versions.unshift(versionBefore(versions[0] ?? service.version));
  state.version = versionBefore(versions[0] ?? service.version);
  const times = workingTimes(random, count, fromMs, untilMs);
  const offset = random.int(features.length);
  const migration = baseMigrations[service.name]?.during;
  const migrates = migration === undefined ? -1 : random.int(count);
  return versions.map((version, index) => {
    const feature = features[(offset + index) % features.length];
    const withMigration = index === migrates ? migration : undefined;
    const title = withMigration === undefined ? feature?.title : withMigration.name.replaceAll('_', ' ');
    const atMs = times[index] ?? fromMs;
    return {
      ...people(service, random),
      id: null,
      atMs,
      service: service.name,
      subject: `${service.name}: deploy ${version}, ${title ?? 'maintenance'}`,
      body: '',
      apply(current) {
        current.version = version;
        if (feature !== undefined && !current.sources.includes(feature.code[service.language]))
          current.sources.push(feature.code[service.language]);
        if (withMigration !== undefined)
          current.migrations.push({ ...withMigration, number: current.migrations.length + 1, atMs });
      },
    };
  });
}

/** Settings, flags and scale changes whose end is what the company's data say. */
function settings(
  service: ShopService,
  state: DesiredService,
  random: Random,
  fromMs: number,
  untilMs: number,
): readonly HistoryEvent[] {
  const [first = fromMs, second = fromMs, third = fromMs] = workingTimes(random, 3, fromMs, untilMs);
  const events: HistoryEvent[] = [];
  const numeric = Object.entries(service.config).filter(([, value]) => /^\d+$/.test(value));
  const common = { id: null, service: service.name, body: '' };
  if (numeric.length > 0) {
    const [key, value] = random.pick(numeric);
    state.config[key] = String(Math.max(1, Math.round(Number(value) * 0.75)));
    const subject = `${service.name}: set ${key} to ${value}`;
    events.push({ ...common, ...people(service, random), atMs: first, subject, apply: (s) => void (s.config[key] = value) });
  }
  const flags = Object.entries(service.flags).filter(([, value]) => value === 'true');
  if (flags.length > 0) {
    const [key, value] = random.pick(flags);
    state.flags[key] = 'false';
    const subject = `${service.name}: switch ${key} on`;
    events.push({ ...common, ...people(service, random), atMs: second, subject, apply: (s) => void (s.flags[key] = value) });
  }
  if (service.replicas > 2) {
    state.replicas = service.replicas - 1;
    const subject = `${service.name}: scale to ${service.replicas} replicas`;
    const apply = (s: DesiredService) => void (s.replicas = service.replicas);
    events.push({ ...common, ...people(service, random), atMs: third, subject, apply });
  }
  return events;
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

function people(service: ShopService, random: Random): { readonly author: string; readonly reviewer: string } {
  const members = shopTeams.find((team) => team.name === service.team)?.members ?? ['release-bot'];
  const author = random.pick(members);
  const others = members.filter((member) => member !== author);
  return { author, reviewer: others.length === 0 ? 'release-bot' : random.pick(others) };
}

/** `2.30.0` comes after `2.29.3`: the patch level reached before is not known, and small. */
function versionBefore(version: string): string {
  const [major = 1, minor = 0, patch = 0] = version.split('.').map(Number);
  if (patch > 0) return `${major}.${minor}.${patch - 1}`;
  return minor > 0 ? `${major}.${minor - 1}.2` : `${Math.max(0, major - 1)}.9.2`;
}

/** Times between eight and five on working days, ascending. */
function workingTimes(random: Random, count: number, fromMs: number, untilMs: number): readonly number[] {
  const times: number[] = [];
  for (let tries = 0; times.length < count && tries < 1_000; tries += 1) {
    const day = Math.floor(random.between(fromMs + dayMs, untilMs) / dayMs) * dayMs;
    const weekday = new Date(day).getUTCDay();
    const atMs = Math.round(day + random.between(8, 17) * 3_600_000);
    if (weekday !== 0 && weekday !== 6 && atMs < untilMs - 3_600_000) times.push(atMs);
  }
  return times.sort((a, b) => a - b);
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
