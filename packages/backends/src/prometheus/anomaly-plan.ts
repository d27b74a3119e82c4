import { type Chosen, chooseSource, type Inventory, ownSignals } from './choose-source.js';
import { matcherOf } from './identities.js';
import { literal, type Matcher } from './promql.js';
import type { Session } from './session.js';

/** One latency is enough: the others would report the same thing again. */
const signals = ['error_rate', 'request_rate', 'latency_p95', 'cpu', 'memory', 'restarts'];
/** Services that are named in a query; more are asked for by the presence of the label. */
const mostNamed = 100;

/** Services whose signal is read from the same metrics in the same way: they share their queries. */
export interface SharedSignal {
  readonly chosen: Chosen;
  readonly services: ReadonlySet<string>;
}

export function planSignals(
  session: Session,
  inventories: ReadonlyMap<string, Inventory>,
): readonly SharedSignal[] {
  const { port } = session;
  const shared = new Map<string, { chosen: Chosen; services: Set<string> }>();
  for (const [name, inventory] of inventories) {
    const service = port.services.serviceOf(name);
    for (const signal of new Set([...signals, ...ownSignals(port.services, service)])) {
      const [chosen] = chooseSource(port, service, signal, inventory).found;
      if (chosen === undefined) continue;
      const names = chosen.sources.map((source) => source.name).join(' ');
      const key = `${signal} ${chosen.unit} ${chosen.identity.label} ${chosen.reading.how} ${names}`;
      const group = shared.get(key) ?? { chosen, services: new Set<string>() };
      group.services.add(name);
      shared.set(key, group);
    }
  }
  return [...shared.values()];
}

/** The condition that holds for the series of some services. */
export function whoOf({ chosen }: SharedSignal, services: Iterable<string>): readonly Matcher[] {
  const { identity } = chosen;
  const names = [...services];
  if (names.length > mostNamed) return [{ label: identity.label, op: '!=', value: '' }];
  const patterns = names.map((name) => {
    const { op, value } = matcherOf(identity, name);
    return op === '=' ? literal(value) : value;
  });
  return [{ label: identity.label, op: '=~', value: patterns.join('|') }];
}
