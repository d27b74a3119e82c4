import type { Silence } from '@devops-mcp/domain';

type Matcher = Silence['matchers'][number];
type Texts = Readonly<Record<string, string>>;

/** A literal character, or any run of characters of at least `min`. */
type Token = { readonly kind: 'char'; readonly char: string } | { readonly kind: 'run' };

/**
 * Whether a silence hides an alert: every matcher holds, a missing label counting as empty
 * (Alertmanager's rule). Undefined when a regular expression lies outside the supported subset.
 */
export function silenceMatches(matchers: readonly Matcher[], labels: Texts): boolean | undefined {
  let all = true;
  for (const matcher of matchers) {
    const value = Object.hasOwn(labels, matcher.name) ? (labels[matcher.name] ?? '') : '';
    const equal = matcher.isRegex ? patternMatches(matcher.value, value) : matcher.value === value;
    if (equal === undefined) return undefined;
    if (equal !== matcher.isEqual) all = false;
  }
  return all && matchers.length > 0;
}

/** True when the pattern is a list of alternatives of literal text, `.`-escapes, `.*` and `.+`. */
export function isSupportedPattern(pattern: string): boolean {
  return alternativesOf(pattern) !== undefined;
}

export function showMatcher(matcher: Matcher): string {
  const operator = matcher.isRegex ? (matcher.isEqual ? '=~' : '!~') : matcher.isEqual ? '=' : '!=';
  return `${matcher.name}${operator}"${matcher.value.replaceAll(/["\\]/g, '\\$&')}"`;
}

/**
 * Alertmanager's expressions are RE2 and whole-value. The engine of this language backtracks, and a
 * silence is text from outside, so the subset that silences use is matched in linear time instead.
 */
function patternMatches(pattern: string, value: string): boolean | undefined {
  return alternativesOf(pattern)?.some((tokens) => tokensMatch(tokens, value));
}

function alternativesOf(pattern: string): readonly (readonly Token[])[] | undefined {
  if (pattern.length > 1000) return undefined;
  const match = /^\^?(?:\((?:\?:)?([^()$]*)\)|([^()$]*))\$?$/.exec(pattern);
  const inner = match?.[1] ?? match?.[2];
  if (inner === undefined) return undefined;
  const found: Token[][] = [[]];
  for (let at = 0; at < inner.length; at += 1) {
    const char = inner.charAt(at);
    const next = inner.charAt(at + 1);
    const current = found.at(-1) ?? [];
    if (char === '|') found.push([]);
    else if (char === '\\') {
      if (next === '' || /[A-Za-z0-9]/.test(next)) return undefined;
      current.push({ kind: 'char', char: next });
      at += 1;
    } else if (char === '.') {
      if (next !== '*' && next !== '+') return undefined;
      if (next === '+') current.push({ kind: 'char', char: '' });
      current.push({ kind: 'run' });
      at += 1;
    } else if ('[]{}*+?^$'.includes(char)) return undefined;
    else current.push({ kind: 'char', char });
  }
  return found;
}

/** Greedy wildcard matching with one point to return to: at most |tokens| x |value| steps. An empty char is any one. */
function tokensMatch(tokens: readonly Token[], value: string): boolean {
  let token = 0;
  let at = 0;
  let run = -1;
  let retry = 0;
  while (at < value.length) {
    const current = tokens[token];
    if (current?.kind === 'char' && (current.char === '' || current.char === value.charAt(at))) {
      token += 1;
      at += 1;
    } else if (current?.kind === 'run') {
      run = token;
      retry = at;
      token += 1;
    } else if (run >= 0) {
      retry += 1;
      at = retry;
      token = run + 1;
    } else return false;
  }
  while (tokens[token]?.kind === 'run') token += 1;
  return token === tokens.length;
}
