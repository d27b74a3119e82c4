/** What can be wrong in the small company. The names are the slugs that a brief uses for its suspects. */
export const incidentKinds = {
  bad_deployment:
    'A new version throws on its main route and is slower; its callers answer 502. Rolling back helps.',
  irreversible_migration:
    'A new version came with a migration that dropped a column still in use. Rolling back is not safe.',
  dependency_outage:
    'A provider or a database does not answer. No deployment is to blame, though there was one.',
  memory_leak:
    'A version from some hours ago leaks: memory grows on every instance, then containers are killed and restarted.',
  quiet_day: 'Normal noise and one harmless deployment. Nothing is wrong.',
} as const satisfies Record<string, string>;

export type IncidentKind = keyof typeof incidentKinds;

export function isIncidentKind(name: string): name is IncidentKind {
  return Object.hasOwn(incidentKinds, name);
}

/** `bad-deployment` and `bad_deployment` name the same kind. */
export function incidentKindOf(name: string): IncidentKind | undefined {
  const slug = name.replaceAll('-', '_');
  return isIncidentKind(slug) ? slug : undefined;
}

/** As it is written on a command line: `bad-deployment`. */
export function commandName(kind: IncidentKind): string {
  return kind.replaceAll('_', '-');
}
