// Escape sequences of terminals: they can clear the screen of whoever reads a log.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const escapeSequence = /\u001b(?:\[[0-9;?]{0,32}[ -/]{0,4}[@-~]|[@-Z\\-_])/g;
const carriageReturn = /\r\n?/g;
// Control and format characters (zero-width, bidirectional, tags) and separators that only some
// programs show as the end of a line: they hide text from a reader or show it in another order.
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
// One variation selector chooses a picture; several in a row, or those of the supplement, carry data.
const smuggled = /[\ufe00-\ufe0f]{2,}|[\u{e0100}-\u{e01ef}]+/gu;
const halfCharacter = /\p{Cs}/gu;

/** Removes what cannot be seen; half of a surrogate pair becomes U+FFFD. Tabs and line feeds stay. */
export function withoutHidden(text: string): string {
  return text
    .replace(escapeSequence, '')
    .replace(carriageReturn, '\n')
    .replace(hidden, '')
    .replace(smuggled, '')
    .replace(halfCharacter, '\ufffd');
}
