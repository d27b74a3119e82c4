import type { ShopService } from '../company/model.js';
import { shopTeams } from '../company/organisation.js';
import type { Random } from '../random.js';
import type { PlannedChange } from '../scenario/model.js';
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

const dayMs = 86_400_000;

/** Walks back from the version before the incident; `state` becomes what it was before them. */
export function routineDeployments(
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
export function routineSettings(
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
    events.push({
      ...common,
      ...people(service, random),
      atMs: first,
      subject,
      apply(current) {
        current.config[key] = value;
      },
    });
  }
  const flags = Object.entries(service.flags).filter(([, value]) => value === 'true');
  if (flags.length > 0) {
    const [key, value] = random.pick(flags);
    state.flags[key] = 'false';
    const subject = `${service.name}: switch ${key} on`;
    events.push({
      ...common,
      ...people(service, random),
      atMs: second,
      subject,
      apply(current) {
        current.flags[key] = value;
      },
    });
  }
  if (service.replicas > 2) {
    state.replicas = service.replicas - 1;
    const subject = `${service.name}: scale to ${service.replicas} replicas`;
    const apply = (current: DesiredService) => {
      current.replicas = service.replicas;
    };
    events.push({ ...common, ...people(service, random), atMs: third, subject, apply });
  }
  return events;
}

/** Who wrote a change of this service and who looked at it. */
export function people(
  service: ShopService,
  random: Random,
): { readonly author: string; readonly reviewer: string } {
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
