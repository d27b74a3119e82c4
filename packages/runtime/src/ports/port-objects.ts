/**
 * A port whose every method rejects with the reason why it could not be opened. A tool that treats
 * an optional port's failure as a partial answer thereby names the reason instead of staying silent.
 */
export function unavailablePort(reason: unknown): object {
  return new Proxy(
    {},
    {
      // A promise looks for `then`; a function there would make the object one.
      get: (_, key) => (typeof key === 'string' && key !== 'then' ? () => Promise.reject(reason) : undefined),
      has: (_, key) => typeof key === 'string' && key !== 'then',
    },
  );
}

/** One object with the methods of both sides; the writing side wins where both have a name. */
export function joined(read: object, write: object): object {
  return new Proxy(
    {},
    {
      get: (_, key) => {
        const owner = key in write ? write : read;
        const value: unknown = Reflect.get(owner, key, owner);
        return typeof value === 'function' ? value.bind(owner) : value;
      },
      has: (_, key) => key in write || key in read,
    },
  );
}
