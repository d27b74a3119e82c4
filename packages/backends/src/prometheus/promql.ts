/** One condition on a label. */
export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

const classicName = /^[A-Za-z_:][A-Za-z0-9_:]*$/;
const labelName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A string of PromQL: escapes are Go's, of which JSON's are a part. */
export function quoted(text: string): string {
  // Half a surrogate pair has no UTF-8 form; what stands for it may only be written as an escape.
  return JSON.stringify(text.replaceAll(/\p{Surrogate}/gu, '\u{FFFD}')).replaceAll('\u{FFFD}', '\\ufffd');
}

/** A text that a regular expression (RE2) takes literally. */
export function literal(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** A series selector; names that only newer stores allow are written as a matcher, which all of them read. */
export function selector(metric: string | undefined, matchers: readonly Matcher[]): string {
  const all =
    metric === undefined || classicName.test(metric)
      ? matchers
      : [{ label: '__name__', op: '=', value: metric } as const, ...matchers];
  const inner = all.map(({ label, op, value }) => `${label}${op}${quoted(value)}`).join(',');
  const name = metric !== undefined && classicName.test(metric) ? metric : '';
  return inner === '' ? name : `${name}{${inner}}`;
}

/** A regular expression that matches any of some texts and nothing else. */
export function anyOf(texts: readonly string[]): string {
  return texts.map(literal).join('|');
}

export function duration(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${Math.round(ms)}ms`;
}

/** ` by (a, b)`, or nothing where all is joined. */
export function by(labels: readonly string[]): string {
  return labels.length === 0 ? '' : ` by (${labels.join(', ')})`;
}

/** Labels come from the store too; what is no classic label name never becomes part of a query. */
export function isLabelName(name: string): boolean {
  return labelName.test(name);
}
