/** What one look at every character of a text found, as bits. */
export const found = {
  /** A control character, or one beyond ASCII, among which the invisible ones are. */
  unusual: 1,
  /** Twelve characters in a row of which a credential could be made: enough after `Bearer`. */
  short: 2,
  /** Sixteen of them, as many as every provider's credential has. */
  token: 4,
  /** `:` or `=` that does not follow a digit, as in a time: without one nothing is assigned. */
  assignment: 8,
  /** Two hyphens, as before an option of a command line. */
  option: 16,
} as const;

const tokenCharacter = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-.~') {
  tokenCharacter[character.charCodeAt(0)] = 1;
}
const [tab, lineFeed, hyphen, colon, equals, firstPrintable, afterPrintable] = [9, 10, 45, 58, 61, 32, 127];

/** Most texts are clean and short: this one pass is all that they cost. */
export function prescan(text: string): number {
  let bits = 0;
  let run = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= afterPrintable || (code < firstPrintable && code !== tab && code !== lineFeed)) {
      bits |= found.unusual;
      run = 0;
    } else if (tokenCharacter[code] === 1) {
      run += 1;
      if (run === 12) bits |= found.short;
      else if (run === 16) bits |= found.token;
      if (code === hyphen && run > 1 && text.charCodeAt(index - 1) === hyphen) bits |= found.option;
    } else {
      run = 0;
      if ((code === colon || code === equals) && !isDigit(text.charCodeAt(index - 1)))
        bits |= found.assignment;
    }
  }
  return bits;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
