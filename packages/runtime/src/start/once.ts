/** Runs `make` at the first call and gives its result to all; a failure is not kept. */
export function once<T>(make: () => Promise<T>): (() => Promise<T>) & { readonly begun: () => boolean } {
  let made: Promise<T> | undefined;
  const get = () => {
    if (made) return made;
    const making = make();
    made = making;
    making.catch(() => {
      if (made === making) made = undefined;
    });
    return making;
  };
  return Object.assign(get, { begun: () => made !== undefined });
}
