/** Cuts a text of many lines at `most` characters, between two lines, and says how many are missing. */
export function cutLines(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.lastIndexOf('\n', most) + 1;
  const missing = text
    .slice(end)
    .split('\n')
    .filter((line) => line !== '').length;
  return `${text.slice(0, end)}(${missing} more lines)\n`;
}
