/**
 * Text that came from outside (a log message, a span name, a deployment's title), on lines of its own
 * that all begin with a bar, so that nothing in it can pass for a line of the answer.
 */
export function quoteOutside(text: string, indent = '  '): string {
  return text
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map((line) => `${indent}│ ${line}`)
    .join('\n');
}

/** A name from outside (an instance, an operation) that must not break its line. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\u0085]+/g, ' ').trim();
}

/** The same in quotes, cut to `most` characters. */
export function quoteInline(text: string, most = 160): string {
  return `“${cutText(oneLine(text), most)}”`;
}

/** Cuts at `most` characters, never through a surrogate pair, and says how much is missing. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const code = text.charCodeAt(most - 1);
  const end = code >= 0xd800 && code <= 0xdbff ? most - 1 : most;
  return `${text.slice(0, end)}… (+${text.length - end} characters)`;
}
