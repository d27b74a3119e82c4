import { isAscii } from 'node:buffer';

/** A line and where its source stands after it. */
export interface SourceLine {
  /**
   * Null when the line was longer than the bound and was skipped. Bytes and not text, because most lines
   * that somebody else reads can be told without making text of them.
   */
  readonly bytes: Buffer | null;
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
  const bytes = () => (skipping ? null : joined(pending));
  return {
    push(chunk) {
      let start = 0;
      for (let at = chunk.indexOf(lineBreak); at >= 0; at = chunk.indexOf(lineBreak, start)) {
        keep(chunk.subarray(start, at));
        const end = offset + at + 1;
        onLine({ bytes: bytes(), end });
        pending = [];
        pendingBytes = 0;
        skipping = false;
        start = at + 1;
      }
      keep(chunk.subarray(start));
      offset += chunk.length;
    },
    rest: () => (pendingBytes === 0 ? undefined : { bytes: bytes(), end: offset, unfinished: true }),
  };
}

/** A line as text, without the byte order mark that a file may begin with. */
export function textOfLine(bytes: Buffer): string {
  // Most lines are ASCII, which needs no decoding and fits half the memory for certain.
  if (isAscii(bytes)) return bytes.toString('latin1');
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
