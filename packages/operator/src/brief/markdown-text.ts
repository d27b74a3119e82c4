/** Control characters, and those that turn text around or hide it (Unicode bidi controls, zero width). */
const invisible = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;
const active = /[\\`*[\]<>|!]/g;

const longestName = 60;

/**
 * Text from outside as one line of Markdown that shows as it is: no links, pictures, HTML, code or bold
 * letters of its own. Cut to so many characters, by default to those of a long name.
 */
export function plainMarkdown(text: string, most = longestName): string {
  const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return cut
    .replace(invisible, ' ')
    .replace(active, (character) => `\\${character}`)
    .trim();
}
