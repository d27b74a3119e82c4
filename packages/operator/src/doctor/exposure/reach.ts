/** One way in which the current user could change a system without the suite. Holds no secret. */
export interface Reach {
  readonly kind: 'kubernetes' | 'cloud' | 'source-control' | 'vendor' | 'ssh' | 'registry' | 'delivery';
  /** A context, a profile, a host, the name of a variable. */
  readonly name: string;
  /** A file, or `environment`. */
  readonly place: string;
  /** What the credential is: token, client certificate, exec plugin and the like. */
  readonly means: string;
  /** `possible` wherever the credential itself does not rule a write out: its owner is not asked. */
  readonly write: 'possible' | 'no';
  /** `yes`: the configuration says so. `likely`: its name does. */
  readonly production: 'yes' | 'likely' | 'unknown' | 'no';
}

export interface Surroundings {
  readonly home: string;
  readonly variables: NodeJS.ProcessEnv;
}

/** The variable's value, or undefined when it is empty. */
export function set(variables: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = variables[name];
  return value === undefined || value === '' ? undefined : value;
}

/**
 * True for what changes production by itself: clusters, clouds and repositories that are not known to
 * be something else, and anything whose name says production.
 */
export function reachesProduction({ kind, write, production }: Reach): boolean {
  if (write === 'no' || production === 'no') return false;
  if (production !== 'unknown') return true;
  return kind === 'kubernetes' || kind === 'cloud' || kind === 'source-control' || kind === 'delivery';
}
