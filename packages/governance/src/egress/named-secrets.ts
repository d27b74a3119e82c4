/** Stands for a value whose name says that it is secret. */
export const namedSecret = '[redacted:named-secret]';

const kinds =
  'pass(?:word|wd|phrase|code)s?|pwd|secret|token|credentials?|authorization|cookie|connection[_-]?string|' +
  '(?:api|app|application|access|account|secret|private|signing|encryption|master|shared|license|auth)[_-]?key';
const secretKey = new RegExp(`(?:^|_)(?:${kinds})$`);
const name = new RegExp(`(?:${kinds}|x-amz-signature)(?![A-Za-z0-9_-])`, 'gi');
// Where a listing goes on is no credential, and neither is a budget of words.
const otherTokens =
  /(?:next|page|paging|continuation|cursor|resume|sync|start|max|min|csrf_header)[_-]?token$/i;

const separator = /\\?["'`]?\]?\s{0,3}(?:=>|:=|[:=])\s{0,3}/y;
// Kubernetes and others write a name and its value on two lines, in a diff with a sign before each.
const valueBelow = /\\?["'`]?,?[\s+-]{1,80}["']?value["']?\s{0,3}:\s{0,3}/y;
const blank = /[= ]\s{0,3}/y;
const quoted = /\\?["'`]([^"'`\\\n]{1,1024})/y;
const bare = /[^\s"'`,;&)}\]<>|]{1,1024}/y;
const restOfLine = /[^\r\n"'`]{1,2048}/y;
// What a template puts in place of a value.
const template = /(?:\$\{[^}\n]{1,100}\}|\{\{[^}\n]{0,100}\}\}|\$\([^)\n]{1,100}\)|<[^>\n]{1,100}>)/y;
const variable = /^\$[A-Z_][A-Z0-9_]*$/;
// What follows a colon in sentences.
const harmless =
  /^(?:\[redacted|(?:\*{3,}|\.{3}|%[sdv])$|(?:null|none|nil|undefined|true|false|unset|empty|missing|expired|invalid|incorrect|wrong|required|rejected|revoked|rotated|ok|valid|not|no|is|was|are|has|must|may|for|from|and|or|the|a|to|in|of)(?=$|[\s.!?]))/i;

/** True for a key of an object under which every value is secret, in any spelling: `dbPassword`, `X-Api-Key`. */
export function isSecretKey(key: string): boolean {
  if (key.length > 100) return false;
  const snake = key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
  return secretKey.test(snake) && !otherTokens.test(snake);
}

/** `password=...`, `"api_key": "..."`, `--token ...`: the value goes, the name stays for who reads it. */
export function withoutNamedSecrets(text: string): string {
  let clean = '';
  let from = 0;
  name.lastIndex = 0;
  for (let match = name.exec(text); match !== null; match = name.exec(text)) {
    if (otherTokens.test(text.slice(Math.max(0, match.index - 16), name.lastIndex))) continue;
    const value = secretAfter(text, match[0], match.index, name.lastIndex);
    if (value === undefined) continue;
    clean += text.slice(from, value.start) + namedSecret;
    from = value.end;
    name.lastIndex = from;
  }
  return from === 0 ? text : clean + text.slice(from);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function secretAfter(text: string, found: string, begin: number, end: number): Span | undefined {
  const isOption = /--[A-Za-z-]{0,24}$/.test(text.slice(Math.max(0, begin - 24), begin));
  const colon = matchAt(separator, text, end);
  const start = colon ?? matchAt(valueBelow, text, end) ?? (isOption ? matchAt(blank, text, end) : undefined);
  if (start === undefined || matchAt(template, text, start) !== undefined) return undefined;
  const inQuotes = matchAt(quoted, text, start);
  if (inQuotes !== undefined) {
    const value = text.slice(start + (text[start] === '\\' ? 2 : 1), inQuotes);
    return isHarmless(value) ? undefined : { start: inQuotes - value.length, end: inQuotes };
  }
  const isHeader = /^(?:authorization|cookie)$/i.test(found);
  const stop = matchAt(isHeader ? restOfLine : bare, text, start);
  if (stop === undefined) return undefined;
  const value = text.slice(start, stop);
  if (isHarmless(value) || isOther(found, value, text.slice(end, start))) return undefined;
  return { start, end: stop };
}

function isHarmless(value: string): boolean {
  return harmless.test(value) || variable.test(value) || !/[A-Za-z0-9]/.test(value);
}

/** A working folder under the name `PWD`, a count of tokens, and prose such as "token: refreshed". */
function isOther(found: string, value: string, between: string): boolean {
  if (/^pwd$/i.test(found)) return value.startsWith('/');
  const isPassword = /^pass/i.test(found);
  const isProse = between.includes(':') && /^[a-z]{1,15}\.?$/.test(value);
  const isCount = /^token$/i.test(found) && /^[0-9]{1,6}$/.test(value);
  return !isPassword && (isProse || isCount);
}

/** Where a sticky pattern that begins at `at` ends; undefined when it does not begin there. */
function matchAt(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
