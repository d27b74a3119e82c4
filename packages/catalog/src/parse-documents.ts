import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { type CatalogProblem, fileProblem } from './catalog-problem.js';
import { type CatalogFile, catalogBounds } from './read-files.js';

/** Aliases beyond this are parsed by the parser that counts what they expand to. */
const fewAliases = 20;
const aliasBudget = 100;

export interface ParsedFile {
  /** Undefined where a document could not be parsed, so that places keep their number. */
  readonly documents: readonly unknown[];
  readonly problems: readonly CatalogProblem[];
}

/**
 * Two parsers, because start-up time is paid by every server: js-yaml reads a sound file several
 * times faster, and `yaml`, loaded only when something is wrong, knows lines, reads on after a
 * broken document and refuses aliases that expand without end. See decision 0080.
 */
export async function parseDocuments(file: CatalogFile): Promise<ParsedFile> {
  const aliases = !file.text.includes('&')
    ? 0
    : (file.text.match(/(?<=^|[\s,[{])\*[^\s,[\]{}]/gm)?.length ?? 0);
  if (aliases <= fewAliases) {
    try {
      const documents: unknown[] = loadAll(file.text, null, { schema: CORE_SCHEMA });
      return bounded(file, documents);
    } catch {
      // Parsed again below for the line and for the sound documents of the file.
    }
  }
  return parseSlowly(file);
}

async function parseSlowly(file: CatalogFile): Promise<ParsedFile> {
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const lines = new LineCounter();
  const problems: CatalogProblem[] = [];
  const parsed = parseAllDocuments(file.text, { lineCounter: lines, schema: 'core', prettyErrors: false });
  const documents = [...parsed].map((document): unknown => {
    const at = lines.linePos(document.range[0]);
    const fault = document.errors[0];
    if (fault !== undefined) {
      const place = lines.linePos(fault.pos[0]);
      problems.push(broken(file, `This document is not valid YAML (${slug(fault.code)}).`, place));
      return undefined;
    }
    try {
      return document.toJS({ maxAliasCount: aliasBudget });
    } catch {
      problems.push(broken(file, 'Aliases in this document expand to too much.', at));
      return undefined;
    }
  });
  const answer = bounded(file, documents);
  return { documents: answer.documents, problems: [...problems, ...answer.problems] };
}

function bounded(file: CatalogFile, documents: readonly unknown[]): ParsedFile {
  const most = catalogBounds.documentsPerFile;
  if (documents.length <= most) return { documents, problems: [] };
  const message = `This file has ${documents.length} documents; only the first ${most} were read.`;
  return {
    documents: documents.slice(0, most),
    problems: [fileProblem('too_large', file.path, message, 'Split the file.')],
  };
}

function broken(file: CatalogFile, message: string, at: { line: number; col: number }): CatalogProblem {
  const place = { line: at.line, column: at.col };
  return fileProblem('syntax', file.path, message, 'Correct the YAML; the other documents were read.', place);
}

/** The parser's error codes are words; its messages quote the file, which we do not. */
function slug(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}
