/** Words that say nothing about what a text is about. */
const empty = new Set(
  'a an and are as at be by do for from has have how if in is it its no not of on or see so than that the then this to up use was we when which with you your'.split(
    ' ',
  ),
);
const longestText = 20_000;

/**
 * The telling words of a text: lower case, names split where their case changes (`HighErrorRate`
 * is high, error, rate), a plural `s` cut, words of one letter and filler left out.
 */
export function wordsOf(text: string): ReadonlySet<string> {
  const words = text
    .slice(0, longestText)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1 && !empty.has(word))
    .map((word) =>
      word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word,
    );
  return new Set(words);
}

export function sharedWords(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...a].filter((word) => b.has(word));
}

/** Names compared as people write them, without regard to case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
