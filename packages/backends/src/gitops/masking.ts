import { isMap, isPair, isScalar, isSeq, type Node, type Pair, parseAllDocuments, type Range, visit } from 'yaml';

export const masked = '(masked)';

const secretKey =
  /pass(word|wd|phrase|code)?$|passw|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|credential|(^|[-_.])(auth|pwd|dsn|salt|cert|key|pin|hmac)$|connection[-_.]?string|jwt|signing|encrypt/i;
const harmlessKey =
  /(secret|key)[-_.]?(name|ref|id|path|file)$|tokens?[-_.]?(ttl|expiry|lifetime|count|limit|max)|max[-_.]?tokens|(^|[-_.])(partition|sort|routing|cache|primary|foreign)[-_.]?key$/i;
const urlPassword = /([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/@:"']{0,200}:[^\s/@"']{1,500}@/gi;
const assignment = /^([+\- ]?\s*(?:-\s+)?["']?)([A-Za-z][\w.-]{0,100})(["']?\s*[:=]\s*)(\S.*)$/;

/** Whether a value under this key is taken for a secret, whatever it looks like. */
export function isSecretKey(key: string): boolean {
  return secretKey.test(key) && !harmlessKey.test(key);
}

/** The value as it may be shown: secrets are replaced whole, passwords in addresses are cut out. */
export function maskValue(key: string, value: string): string {
  return isSecretKey(key) ? masked : value.replace(urlPassword, `$1${masked}@`);
}

/**
 * The text of a file as it may be shown, line structure kept. YAML and JSON are read as such, so
 * that Secrets, pairs of `name` and `value`, and long values are found; what cannot be read, and
 * every other kind of file, is masked line by line.
 */
export function maskText(path: string, text: string): string {
  const structured = /\.(ya?ml|json)$/i.test(path) ? maskYaml(text) : text;
  return structured
    .split('\n')
    .map((line) => maskLine(line))
    .join('\n');
}

function maskLine(line: string): string {
  const found = assignment.exec(line);
  // A key that introduces a block (`auth:`) has no value, and a reference to a secret names none.
  if (found && isSecretKey(found[2] ?? '') && !/^[|>{[]/.test(found[4] ?? ''))
    return `${found[1]}${found[2]}${found[3]}${masked}`;
  return line.replace(urlPassword, `$1${masked}@`);
}

function maskYaml(text: string): string {
  const ranges: Range[] = [];
  for (const document of parseAllDocuments(text)) {
    if (!('contents' in document)) continue;
    const root = document.contents;
    const isSecret = isMap(root) && /Secret$/.test(String(root.get('kind') ?? ''));
    visit(document, {
      Pair(_, pair) {
        collect(pair, isSecret, ranges);
      },
      Map(_, map) {
        const name = map.get('name');
        const value = map.get('value', true);
        if (typeof name === 'string' && isSecretKey(name)) addRange(value, ranges);
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

function collect(pair: Pair, isSecret: boolean, ranges: Range[]): void {
  const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
  if (isSecret && /^(data|stringData|encryptedData)$/.test(key)) addAllScalars(pair.value, ranges);
  else if (isSecretKey(key)) addRange(pair.value, ranges);
}

function addAllScalars(node: unknown, ranges: Range[]): void {
  if (isMap(node) || isSeq(node))
    for (const item of node.items) addAllScalars(isPair(item) ? item.value : item, ranges);
  else addRange(node, ranges);
}

function addRange(node: unknown, ranges: Range[]): void {
  if (isScalar(node) && node.value !== null && rangeOf(node) !== undefined) ranges.push(rangeOf(node) as Range);
}

function rangeOf(node: Node): Range | undefined {
  return node.range ?? undefined;
}

/** A value over several lines becomes one line of mask; the lines after it keep their order. */
function replaceRanges(text: string, ranges: readonly Range[]): string {
  const inOrder = [...ranges].sort((a, b) => b[0] - a[0]);
  let out = text;
  let previous = Number.POSITIVE_INFINITY;
  for (const [start, end] of inOrder) {
    if (end > previous) continue;
    const lineEnd = text.slice(start, end).endsWith('\n') ? '\n' : '';
    out = `${out.slice(0, start)}${masked}${lineEnd}${out.slice(end)}`;
    previous = start;
  }
  return out;
}
