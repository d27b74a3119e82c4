const note = '\n[cut: ask for less]';

/** Cuts a text to a number of bytes, at a character, and says so in the text; the note counts. */
export function capText(text: string, maxBytes: number): string {
  // Three bytes at most for each UTF-16 unit: most texts are seen to fit without being encoded.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const kept = Buffer.from(text).subarray(0, Math.max(0, maxBytes - note.length));
  // A character cut in the middle decodes to at most three replacement characters.
  const whole = kept.toString('utf8').replace(/\ufffd{1,3}$/, '');
  return `${whole}${note}`.slice(0, Math.max(0, maxBytes));
}
