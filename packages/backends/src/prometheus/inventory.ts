import type { Window } from '@devops-mcp/domain';
import { type Inventory, keyOf, knownAmong } from './choose-source.js';
import { type Identity, identitiesOf, matcherOf, nameIn } from './identities.js';
import { anyOf, by, duration, type Matcher, selector } from './promql.js';
import { hourOf } from './resolve-source.js';
import { eachOf, type Session, unknownService } from './session.js';

const dayMs = 86_400_000;
/** How far around a window a service is looked for before its name is called unknown. */
const knownDays = 30;
/** Longer windows are looked at in this many places instead of as a whole. */
const wholeMs = 6 * 3_600_000;
const places = 24;
const mostServices = 5_000;

/** The metrics of one service by the label that names it. Rejects with `not_found` for an unknown one. */
export async function inventoryOf(session: Session, service: string, window: Window): Promise<Inventory> {
  const name = session.port.services.telemetryName(service);
  const found = await namesUnder(session, name, window);
  if ([...found.values()].some((names) => names.size > 0)) return found;
  const around = await namesUnder(session, name, widened(session, window));
  if ([...around.values()].every((names) => names.size === 0))
    throw unknownService(session, service, await indexedServices(session, widened(session, window)));
  return found;
}

/** Services with series in the window, with the metrics that signals can be read from. */
export async function inventoryOfAll(
  session: Session,
  window: Window,
): Promise<ReadonlyMap<string, Inventory>> {
  const all = await allNames(session, window);
  const names = knownAmong(session.port, all);
  if (names.length === 0) return new Map();
  const services = new Map<string, Map<string, Set<string>>>();
  await eachOf(enumerable(session), async (identity) => {
    for (const labels of await presentIn(session, identity, names, window)) {
      const service = nameIn(identity, labels[identity.label] ?? '');
      const metric = labels.__name__;
      if (service === undefined || metric === undefined) continue;
      const own = services.get(service) ?? new Map<string, Set<string>>();
      services.set(service, own);
      const metrics = own.get(keyOf(identity)) ?? new Set<string>();
      own.set(keyOf(identity), metrics.add(metric));
      const bucket = metric.replace(/_count$/, '_bucket');
      if (bucket !== metric && all.has(bucket)) metrics.add(bucket);
    }
  });
  return services;
}

/** Names of services by the store's index, which is cheap and may know some from shortly outside the window. */
export async function indexedServices(session: Session, window: Window): Promise<readonly string[]> {
  const names = knownAmong(session.port, await allNames(session, window));
  if (names.length === 0) return [];
  const match = [familySelector(session, names, [])];
  const values = await eachOf(enumerable(session), async (identity) => {
    const matcher: Matcher = { label: identity.label, op: '!=', value: '' };
    const of = identity.family === 'application' ? [selector(undefined, [...session.fixed, matcher])] : match;
    const found = await session.labelValues(identity.label, of, window);
    return found.flatMap((value) => nameIn(identity, value) ?? []);
  });
  const { services } = session.port;
  return [...new Set(values.flat().map((name) => services.serviceOf(name)))].sort().slice(0, mostServices);
}

/** Says whether there are series of a service at another time, for an answer that found none in its window. */
export async function whenThereAreSeries(session: Session, service: string, window: Window): Promise<string> {
  const name = session.port.services.telemetryName(service);
  const near = widened(session, window);
  const found = await namesUnder(session, name, near);
  const some = [...found.values()].some((names) => names.size > 0);
  return some
    ? `No such series of ${service} in this window; there are series of it between ${near.start.toISOString()} and ${near.end.toISOString()}.`
    : `No series of ${service} in this window.`;
}

/** A container's name need not be that of its service, so that services are found by their pods. */
function enumerable(session: Session): readonly Identity[] {
  return identitiesOf(session.port.config).filter(
    ({ family, kind }) => family !== 'kubernetes' || kind === 'pod',
  );
}

async function namesUnder(session: Session, name: string, window: Window): Promise<Inventory> {
  const identities = identitiesOf(session.port.config);
  const find = async (): Promise<Inventory> => {
    const found = await eachOf(identities, (identity) => {
      const match = selector(undefined, [...session.fixed, matcherOf(identity, name)]);
      return session.labelValues('__name__', [match], window);
    });
    return new Map(identities.map((identity, index) => [keyOf(identity), new Set(found[index] ?? [])]));
  };
  // What is not there may be there the next moment.
  const isKnown = (found: Inventory) => [...found.values()].some((names) => names.size > 0);
  return session.port.cache.get(`names ${name} ${hourOf(window)}`, find, isKnown);
}

async function presentIn(
  session: Session,
  identity: Identity,
  names: readonly string[],
  { start, end }: Window,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const named: Matcher = { label: identity.label, op: '!=', value: '' };
  const selected = familySelector(session, names, [named]);
  const length = end.getTime() - start.getTime();
  const group = (inner: string) => `group${by([identity.label, '__name__'])} (${inner})`;
  const lines =
    length <= wholeMs
      ? await session.instant(group(`last_over_time(${selected}[${duration(length)}])`), end.getTime())
      : await session.quiet.range(group(selected), {
          startMs: start.getTime(),
          endMs: end.getTime() - 1,
          stepMs: Math.ceil(length / places / 1_000) * 1_000,
        });
  return lines.map(({ labels }) => labels);
}

function familySelector(session: Session, names: readonly string[], more: readonly Matcher[]): string {
  const any: Matcher = { label: '__name__', op: '=~', value: anyOf(names) };
  return selector(undefined, [any, ...session.fixed, ...more]);
}

/** Every metric name of the store, by its index. */
async function allNames(session: Session, window: Window): Promise<ReadonlySet<string>> {
  const match = session.fixed.length === 0 ? [] : [selector(undefined, session.fixed)];
  return session.port.cache.get(
    `all names ${hourOf(window)}`,
    async () => new Set(await session.labelValues('__name__', match, window)),
    (found) => found.size > 0,
  );
}

function widened({ context }: Session, { start, end }: Window): Window {
  return {
    start: new Date(start.getTime() - knownDays * dayMs),
    end: new Date(Math.max(end.getTime(), context.now.getTime())),
  };
}
