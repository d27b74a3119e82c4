/** Control characters, and those that turn text around or hide it. */
const invisible = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** Text from outside as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(invisible, ' ').replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
