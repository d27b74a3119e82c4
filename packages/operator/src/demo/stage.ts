/** How the story is told: numbered steps, indented quotes, colour only where a terminal shows it. */
export interface Stage {
  step(title: string): void;
  say(text: string): void;
  /** Text of a program, indented; cut to `most` lines with a note of what was left out. */
  quote(text: string, most?: number): void;
  good(text: string): void;
  refused(text: string): void;
}

export function createStage(write: (text: string) => void, colour: boolean): Stage {
  let steps = 0;
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines = (text: string, mark: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => `${mark}${line}`);
  return {
    step(title) {
      steps += 1;
      write(`\n${paint(1, `${steps}. ${title}`)}\n`);
    },
    say: (text) => write(`${text}\n`),
    quote(text, most = 40) {
      const all = lines(text, `  ${paint(90, '│')} `);
      write(`${all.slice(0, most).join('\n')}\n`);
      if (all.length > most) write(`  ${paint(90, `│ ... and ${all.length - most} more lines`)}\n`);
    },
    good: (text) => write(`  ${paint(32, '✓')} ${text}\n`),
    refused: (text) => write(`  ${paint(31, '✗')} ${text}\n`),
  };
}
