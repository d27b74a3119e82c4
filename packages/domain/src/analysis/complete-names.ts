import type { ServicesApi } from '../services.js';

const mostCompletions = 50;

/** Names with what was typed, those that begin with it first; at most 50, without regard to case. */
export function completeNames(names: readonly string[], typed: string): readonly string[] {
  const text = typed.toLowerCase();
  const beginsLater = (name: string) => Number(!name.toLowerCase().startsWith(text));
  return names
    .filter((name) => name.toLowerCase().includes(text))
    .toSorted((a, b) => beginsLater(a) - beginsLater(b) || (a < b ? -1 : 1))
    .slice(0, mostCompletions);
}

/** Completes an argument that is a service of the catalog. */
export function completeService({
  value,
  ports,
}: {
  readonly value: string;
  readonly ports: { readonly services: ServicesApi };
}): readonly string[] {
  return completeNames(
    ports.services.list().map(({ name }) => name),
    value,
  );
}
