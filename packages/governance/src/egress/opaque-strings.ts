const shortestRun = 32;
const base64Character = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_=-') {
  base64Character[character.charCodeAt(0)] = 1;
}
// Digests, public keys and our own cursors are opaque and not secret.
const known =
  /(?:cursor|sha(?:1|256|384|512)[-:]|digest|integrity|etag|fingerprint|ssh-(?:rsa|ed25519)|ecdsa-sha2-[a-z0-9-]{1,20}|@openssh\.com)["'`:= ]{0,4}$/i;
const knownKey = /(?:cursor|digest|integrity|etag|fingerprint|checksum|hash|public_?key|id)$/i;
const sessionKey = /session_?-?id$/i;

/** True for a key whose value is an identifier: it is looked at for providers' shapes only. */
export function isIdentifierKey(key: string): boolean {
  return knownKey.test(key) && !sessionKey.test(key);
}

/** Replaces runs of 32 and more characters that nobody would write and that look like base64. */
export function withoutOpaque(text: string): string {
  let clean = '';
  let from = 0;
  let begin = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const code = index < text.length ? text.charCodeAt(index) : 0;
    if (code < 128 && base64Character[code] === 1) continue;
    if (index - begin >= shortestRun && isOpaque(text, begin, index)) {
      clean += `${text.slice(from, begin)}[redacted:opaque]`;
      from = index;
    }
    begin = index + 1;
  }
  return from === 0 ? text : clean + text.slice(from);
}

function isOpaque(text: string, begin: number, end: number): boolean {
  return looksRandom(text.slice(begin, end)) && !known.test(text.slice(Math.max(0, begin - 40), begin));
}

/**
 * In random base64 two neighbours are of different classes (small, capital, digit) in about 64 of 100
 * places; in words joined by capitals, paths and ids in fewer than 30. Hexadecimal has no capitals or
 * no small letters.
 */
function looksRandom(text: string): boolean {
  let [small, capital, digit, symbol, changes, before] = [0, 0, 0, 0, 0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const kind =
      code >= 97 && code <= 122 ? 1 : code >= 65 && code <= 90 ? 2 : code >= 48 && code <= 57 ? 3 : 4;
    if (kind === 1) small += 1;
    else if (kind === 2) capital += 1;
    else if (kind === 3) digit += 1;
    else symbol += 1;
    if (before !== 0 && kind !== 4 && before !== 4 && kind !== before) changes += 1;
    before = kind;
  }
  const enough = small >= 4 && capital >= 4 && digit >= 1 && symbol * 6 <= text.length;
  return enough && changes > 0.36 * (text.length - 1 - 2 * symbol);
}
