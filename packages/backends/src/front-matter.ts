import { isMap, parseDocument } from 'yaml';
import { isRecord } from './record.js';

const mostBytes = 32 * 1024;

export interface MarkdownFile {
  /** Empty when the file has none. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/**
 * Splits a Markdown file into its YAML front matter (between two lines `---` at the very beginning)
 * and the rest. Undefined when the front matter is no mapping, is not closed, or is not YAML.
 */
export function readFrontMatter(text: string): MarkdownFile | undefined {
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  if (!source.startsWith('---\n')) return { fields: {}, body: source };
  const end = source.indexOf('\n---', 3);
  const closed = end >= 0 && /^\n---[ \t]*(?:\n|$)/.test(source.slice(end, end + 40));
  if (!closed || end > mostBytes) return undefined;
  const yaml = source.slice(4, end + 1);
  const bodyStart = source.indexOf('\n', end + 1);
  const body = bodyStart < 0 ? '' : source.slice(bodyStart + 1);
  const document = parseDocument(yaml, { logLevel: 'silent' });
  if (document.errors.length > 0) return undefined;
  if (document.contents !== null && !isMap(document.contents)) return undefined;
  try {
    // Few aliases: a short file could otherwise unfold into a huge one.
    const fields: unknown = document.toJS({ maxAliasCount: 20 });
    return { fields: isRecord(fields) ? fields : {}, body };
  } catch {
    return undefined;
  }
}
