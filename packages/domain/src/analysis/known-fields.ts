type Optional<T> = null extends T ? true : undefined extends T ? true : false;

/** The fields of `T`; those that may be null or undefined are optional instead. */
export type KnownFields<T> = {
  [K in keyof T as Optional<T[K]> extends true ? never : K]: T[K];
} & { [K in keyof T as Optional<T[K]> extends true ? K : never]?: NonNullable<T[K]> };

/**
 * Leaves out what is null or undefined. Ports say null for what is not known, answers leave it out:
 * a field costs its reader tokens even when it says nothing.
 */
export function knownFields<T extends object>(fields: T): KnownFields<T> {
  const known = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  // The entries that are left are those that the result type has; entries lose their names' types.
  return Object.fromEntries(known) as KnownFields<T>;
}
