/** True when a text names a service: whole names only, so that `orders` is not meant by `reorders` or `orders-api`. */
export function mentions(text: string, name: string): boolean {
  const [where, what] = [text.toLowerCase(), name.toLowerCase()];
  for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + 1)) {
    const [before, after] = [where[at - 1] ?? ' ', where[at + what.length] ?? ' '];
    if (!isPartOfName(before) && !isPartOfName(after)) return true;
  }
  return false;
}

function isPartOfName(character: string): boolean {
  return /[a-z0-9-]/.test(character);
}
