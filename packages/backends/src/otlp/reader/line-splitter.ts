/** A line and where its source stands after it. */
export interface SourceLine {
  /** Null when the line was longer than the bound and was skipped. */
  readonly text: string | null;
  /** Bytes of the source consumed when this line is done. */
  readonly end: number;
  /** True for a last line without a line break: it may be whole or torn. */
  readonly unfinished?: boolean;
}

export interface LineSplitter {
  /** Calls back for every line that ends in the chunk. */
  push(chunk: Buffer): void;
  /** The unfinished last line, or undefined when the source ended with a line break. */
  rest(): SourceLine | undefined;
}

const lineBreak = 10;

/** Cuts bytes into lines of at most `longest` bytes; a longer one is skipped to its end, so memory stays bounded. */
export function lineSplitter(
  from: number,
  longest: number,
  onLine: (line: SourceLine) => void,
): LineSplitter {
  let offset = from;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let skipping = false;
  const keep = (part: Buffer) => {
    pendingBytes += part.length;
    skipping ||= pendingBytes > longest;
    if (skipping) pending = [];
    else if (part.length > 0) pending.push(part);
  };
  const text = () => (skipping ? null : decode(pending));
  return {
    push(chunk) {
      let start = 0;
      for (let at = chunk.indexOf(lineBreak); at >= 0; at = chunk.indexOf(lineBreak, start)) {
        keep(chunk.subarray(start, at));
        const end = offset + at + 1;
        onLine({ text: text(), end });
        pending = [];
        pendingBytes = 0;
        skipping = false;
        start = at + 1;
      }
      keep(chunk.subarray(start));
      offset += chunk.length;
    },
    rest: () => (pendingBytes === 0 ? undefined : { text: text(), end: offset, unfinished: true }),
  };
}

function decode(parts: readonly Buffer[]): string {
  const [only] = parts;
  const whole = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  const text = whole.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
