import { createHash } from 'node:crypto';

const longestTemplate = 300;
const longestQuote = 300;
const mostKnown = 20_000;
const longestShape = 240;

/**
 * The message with its variable parts replaced, so that lines which say the same are the same text.
 * Only the first line counts, cut at 300 characters. In order, at each place of the text:
 *
 * - quoted text becomes `<str>`, unless a colon follows (then it is a key);
 * - a word that is a UUID, time, IP address, URL, path, address of e-mail, hexadecimal of eight or more
 *   digits or number becomes `<uuid>`, `<time>`, `<ip>`, `<url>`, `<path>`, `<email>`, `<hex>`, `<num>`
 *   (units of up to three letters stay: `250ms` is `<num>ms`);
 * - any other word with digits is taken apart at `- _ . : @ / = #`, and each part with digits becomes
 *   `<num>` (all digits, or letters followed by digits, which keep the letters) or `<id>`;
 * - words without digits stay;
 * - spaces collapse, and a list of equal placeholders becomes the first and `..`.
 */
export function templateOf(message: string): string {
  const text = firstLine(message);
  if (text.length > longestShape) return derive(text);
  const hash = shapeHash(text);
  const known = shapes.get(hash);
  if (known !== undefined && sameShape(known.text, text)) return known.template ?? derive(text);
  const template = derive(text);
  if (shapes.size >= mostKnown) shapes.clear();
  // A quoted key keeps its digits: such a template holds for this text only.
  shapes.set(hash, { text, template: /\d/.test(template) ? undefined : template });
  return template;
}

/**
 * Programs say few things, with ever other numbers. The rules look at where digits stand and at zeros
 * (`0x`), and at nothing else about them, so texts that differ in other digits have one template.
 */
const shapes = new Map<number, { readonly text: string; readonly template: string | undefined }>();

/** Digits beyond 1 count as 1. */
function shapeCode(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code > 49 && code <= 57 ? 49 : code;
}

function shapeHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ shapeCode(text, at), 0x01000193);
  return hash;
}

function sameShape(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (shapeCode(one, at) !== shapeCode(other, at)) return false;
  return true;
}

function derive(text: string): string {
  let out = '';
  let at = 0;
  while (at < text.length && out.length < longestTemplate) {
    const code = text.charCodeAt(at);
    if (code === 34 || code === 39 || code === 96) {
      const quoted = quoteAt(text, at);
      if (quoted > 0) {
        out += text.charCodeAt(quoted) === 58 ? text.slice(at, quoted) : '<str>';
        at = quoted;
        continue;
      }
    }
    if (isBreak(code)) {
      out += text[at];
      at += 1;
      continue;
    }
    const end = wordEnd(text, at);
    out += wordTemplate(text.slice(at, end));
    at = end;
  }
  return tidy(out);
}

/** Sixteen hexadecimal digits of the SHA-256 of type and template: equal on every machine and in every run. */
export function fingerprintOf(type: string | null, template: string): string {
  const key = type === null ? template : `${type}\n${template}`;
  const known = fingerprints.get(key);
  if (known !== undefined) return known;
  const fingerprint = createHash('sha256')
    .update(`${type ?? ''}\n${template}`)
    .digest('hex')
    .slice(0, 16);
  if (fingerprints.size >= mostKnown) fingerprints.clear();
  fingerprints.set(key, fingerprint);
  return fingerprint;
}

/** A hash per line would cost more than everything else together; templates are few. */
const fingerprints = new Map<string, string>();

function firstLine(message: string): string {
  const start = message.length - message.trimStart().length;
  const end = message.indexOf('\n', start);
  const line = end < 0 ? message.slice(start) : message.slice(start, end);
  return line.length > longestTemplate * 4 ? line.slice(0, longestTemplate * 4) : line;
}

/** Space, tab, return and the brackets and separators that no word contains. */
function isBreak(code: number): boolean {
  return (
    code <= 32 ||
    (code >= 40 && code <= 42) ||
    code === 44 ||
    code === 59 ||
    code === 60 ||
    code === 62 ||
    code === 63 ||
    code === 91 ||
    code === 93 ||
    (code >= 123 && code <= 125)
  );
}

function wordEnd(text: string, from: number): number {
  let end = from + 1;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (isBreak(code) || code === 34 || code === 96) break;
    // An equals sign ends a key; what follows is a value of its own.
    if (code === 61) return end + 1;
    end += 1;
  }
  return end;
}

/** The end of the quotation that starts here, or 0: an apostrophe within a word starts none. */
function quoteAt(text: string, start: number): number {
  const before = start === 0 ? 32 : text.charCodeAt(start - 1);
  if (isAlphanumeric(before)) return 0;
  const quote = text[start] ?? '"';
  const limit = Math.min(text.length, start + longestQuote);
  for (let at = start + 1; at < limit; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote && !isAlphanumeric(text.charCodeAt(at + 1))) return at + 1;
  }
  return 0;
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

const variable = /[\d/\\@]/;
const edges = /^([^A-Za-z0-9/\\.+-]*)(.*?)([:.!%)'=]*)$/s;

function wordTemplate(word: string): string {
  if (!variable.test(word)) return word;
  const [, before = '', core = '', after = ''] = edges.exec(word) ?? [];
  if (core === '' || !variable.test(core)) return word;
  return `${before}${known(core) ?? parts(core)}${after}`;
}

const digits = /^\d+$/;
const time = /^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/;
const date = /^\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T_]\d.*)?$/;
const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?:\/\d{1,2})?$/;
const ipv6 = /^[0-9a-f]*(?::[0-9a-f]{0,4}){3,7}$/i;
const url = /^[a-z][a-z0-9+.-]{1,12}:\/\/.*$/i;
const path = /^(?:\.{0,2}|[A-Za-z]:)[/\\].*$/;
const email = /^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const number = /^[-+]?\d[\d.,_]*(?:e[-+]?\d+)?$/i;
const hex = /^(?:0x[0-9a-f]+|[0-9a-f]{8,})$/i;
const withUnit = /^[-+]?\d[\d.,_]*([A-Za-zµ]{1,3})$/;
const duration = /^(?:\d+(?:h|m|s|ms|us|ns|µs)){2,}$/;

/** The placeholder of a whole word; the tests are grouped by a character they need, for speed. */
function known(core: string): string | undefined {
  // Identifiers in hexadecimal may happen to have digits only; these are their usual lengths.
  if (digits.test(core)) return [16, 32, 40, 64].includes(core.length) ? '<hex>' : '<num>';
  const numeric = /\d/.test(core);
  if (core.includes(':') && numeric && (time.test(core) || ipv6.test(core)))
    return time.test(core) ? '<time>' : '<ip>';
  if (numeric && date.test(core)) return '<time>';
  if (core.includes('-') && uuid.test(core)) return '<uuid>';
  if (core.includes('.') && ipv4.test(core)) return '<ip>';
  if (core.includes('/') || core.includes('\\')) {
    if (url.test(core)) return '<url>';
    if (path.test(core)) return '<path>';
  }
  if (core.includes('@') && email.test(core)) return '<email>';
  if (number.test(core)) return '<num>';
  if (numeric && hex.test(core)) return '<hex>';
  const unit = withUnit.exec(core);
  if (unit) return `<num>${unit[1]}`;
  return duration.test(core) ? '<num>s' : undefined;
}

function parts(core: string): string {
  return core.replace(/[^-_.:@/=#\\]+/g, (part) => {
    if (!/\d/.test(part)) return part;
    if (/^\d+$/.test(part)) return '<num>';
    const unit = /^\d+([A-Za-zµ]{1,2})$/.exec(part);
    if (unit) return `<num>${unit[1]}`;
    const numbered = /^([A-Za-z]+)\d+$/.exec(part);
    return numbered ? `${numbered[1]}<num>` : '<id>';
  });
}

function tidy(text: string): string {
  let out = (/\s\s|[\t\r\n]/.test(text) ? text.replace(/\s+/g, ' ') : text).trim();
  // Some formats part seconds and milliseconds with a comma, which ends a word.
  if (out.includes('<time>,<num>')) out = out.replaceAll('<time>,<num>', '<time>');
  if (out.includes('<time> <time>')) out = out.replaceAll('<time> <time>', '<time>');
  if (out.includes('>,')) out = out.replace(/(<\w+>\w*)(?:,\s?\1)+/g, '$1..');
  return out.length > longestTemplate ? out.slice(0, longestTemplate) : out;
}
