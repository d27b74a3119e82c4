export interface MarkdownLine {
  readonly text: string;
  /** Inside a fenced block nothing is a heading or a list. */
  readonly inFence: boolean;
}

export interface Heading {
  readonly level: number;
  readonly title: string;
}

export function linesOf(body: string): readonly MarkdownLine[] {
  let fence: string | undefined;
  return body.split('\n').map((text) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (mark !== undefined && fence === undefined) {
      fence = mark;
      return { text, inFence: true };
    }
    const inFence = fence !== undefined;
    if (mark !== undefined && fence !== undefined && mark.startsWith(fence)) fence = undefined;
    return { text, inFence };
  });
}

/** A heading written with `#`; undefined for any other line. */
export function headingOf(line: MarkdownLine): Heading | undefined {
  if (line.inFence) return undefined;
  const match = /^(#{1,6})[ \t]+(.+)$/.exec(line.text);
  if (!match) return undefined;
  return { level: match[1]?.length ?? 1, title: (match[2] ?? '').replace(/[ \t]+#*[ \t]*$/, '').trim() };
}

/** Title of the first heading of the first level. */
export function titleOf(body: string): string | null {
  for (const line of linesOf(body)) {
    const heading = headingOf(line);
    if (heading?.level === 1) return heading.title;
  }
  return null;
}
