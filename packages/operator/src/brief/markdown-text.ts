/** Control characters, and those that turn text around or hide it (Unicode bidi controls, zero width). */
const invisible = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;
const active = /[\\`*[\]<>|!]/g;

/**
 * Text from outside as one line of Markdown that shows as it is: no links, pictures, HTML, code or bold
 * letters of its own.
 */
export function plainMarkdown(text: string): string {
  return text
    .replace(invisible, ' ')
    .replace(active, (character) => `\\${character}`)
    .trim();
}

/** The same, cut to so many characters. */
export function cutMarkdown(text: string, most: number): string {
  return plainMarkdown(text.length > most ? `${text.slice(0, most - 1)}…` : text);
}
