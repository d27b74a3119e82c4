import { type Document, isMap, isPair, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';

export const masked = '(masked)';

const secretKey =
  /passw|(^|[-_.])pass(phrase|code)?$|secret|token|(api|access|private|ssh|master|account)[-_.]?key|credential|(^|[-_.])(auth|pwd|dsn|salt|hmac)$|[-_.](key|cert|pin)$|connection[-_.]?string|jwt|signing|encrypt/i;
const harmlessKey =
  /(secret|key)[-_.]?(name|ref|id|path|file)$|tokens?[-_.]?(ttl|expiry|lifetime|count|limit|max)|max[-_.]?tokens|(^|[-_.])(partition|sort|routing|cache|primary|foreign)[-_.]?key$/i;
const harmlessValue = /^["']?(true|false|null)?["']?$/;
const urlPassword = /([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/@:"']{0,200}:[^\s/@"']{1,500}@/gi;
const assignment = /^([+\- ]?\s*(?:-\s+)?["']?)([A-Za-z][\w.-]{0,100})(["']?\s*[:=]\s*)(\S.*)$/;

/** Whether a value under this key is taken for a secret, whatever it looks like. */
export function isSecretKey(key: string): boolean {
  return secretKey.test(key) && !harmlessKey.test(key);
}

/** The value as it may be shown: secrets are replaced whole, passwords in addresses are cut out. */
export function maskValue(key: string, value: string): string {
  if (isSecretKey(key) && !harmlessValue.test(value)) return masked;
  return value.includes('\n') ? maskLines(value) : value.replace(urlPassword, `$1${masked}@`);
}

/**
 * The text of a file as it may be shown, line structure kept. YAML and JSON are read as such, so
 * that Secrets, pairs of `name` and `value`, and long values are found; what cannot be read, and
 * every other kind of file, is masked line by line.
 */
export function maskText(path: string, text: string): string {
  return maskLines(/\.(ya?ml|json)$/i.test(path) ? maskYaml(text) : text);
}

function maskLines(text: string): string {
  return text
    .split('\n')
    .map((line) => maskLine(line))
    .join('\n');
}

function maskLine(line: string): string {
  const found = assignment.exec(line);
  const [, lead = '', key = '', separator = '', value = ''] = found ?? [];
  // A key that introduces a block (`auth: |`) has its value on the lines below.
  if (found && isSecretKey(key) && !/^[|>{[&*!]/.test(value) && !harmlessValue.test(value))
    return `${lead}${key}${separator}${masked}`;
  return line.replace(urlPassword, `$1${masked}@`);
}

function maskYaml(text: string): string {
  const ranges: Span[] = [];
  for (const document of documentsOf(text)) {
    const root = document.contents;
    const isSecret = isMap(root) && /Secret$/.test(String(root.get('kind') ?? ''));
    visit(document, {
      Pair(_, pair) {
        const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
        const holdsSecrets = isSecret && /^(data|stringData|encryptedData)$/.test(key);
        if (holdsSecrets) addAllScalars(pair.value, ranges);
        else if (isSecretKey(key)) addRange(pair.value, ranges);
      },
      Map(_, map) {
        const name = map.get('name');
        if (typeof name === 'string' && isSecretKey(name)) addRange(map.get('value', true), ranges);
      },
      // `literals: ['PASSWORD=...']` of Kustomize, and arguments such as `--token=...`.
      Scalar(_, node) {
        const literal = /^-{0,2}([\w.-]{1,100})=./.exec(String(node.value));
        if (literal && isSecretKey(literal[1] ?? '')) addRange(node, ranges);
      },
    });
  }
  return replaceRanges(text, ranges);
}

type Span = readonly [start: number, end: number];

function documentsOf(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text);
  return Array.isArray(documents) ? documents : [];
}

function addAllScalars(node: unknown, ranges: Span[]): void {
  if (isMap(node) || isSeq(node))
    for (const item of node.items) addAllScalars(isPair(item) ? item.value : item, ranges);
  else addRange(node, ranges);
}

function addRange(node: unknown, ranges: Span[]): void {
  if (!isScalar(node) || !node.range || harmlessValue.test(String(node.value ?? ''))) return;
  ranges.push([node.range[0], node.range[1]]);
}

/** A value over several lines becomes one line of mask; the lines after it keep their order. */
function replaceRanges(text: string, ranges: readonly Span[]): string {
  const fromTheEnd = [...ranges].sort((a, b) => b[0] - a[0]);
  let out = text;
  let previous = Number.POSITIVE_INFINITY;
  for (const [start, end] of fromTheEnd) {
    if (end > previous) continue;
    const lineEnd = text.slice(start, end).endsWith('\n') ? '\n' : '';
    out = `${out.slice(0, start)}${masked}${lineEnd}${out.slice(end)}`;
    previous = start;
  }
  return out;
}
