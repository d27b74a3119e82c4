import type { MigrationFile } from '@devops-mcp/domain';
import { judgeStatement, type MadeSince } from './judge-statement.js';
import { type Rule, rules } from './rules.js';
import { isNode, nodes } from './syntax-tree.js';
import { type MigrationVerdict, type StatementVerdict, worstVerdict } from './verdict.js';

const statementMax = 200;
const fileMax = 1_000_000;

/**
 * One verdict for every migration, in the order in which they ran, from PostgreSQL's own parser.
 * Later files are judged knowing what earlier ones made, so that expand-and-contract in several
 * steps is recognised. A file that cannot be judged is `unknown`, never `safe`.
 */
export async function judgeMigrations(files: readonly MigrationFile[]): Promise<readonly MigrationVerdict[]> {
  const made: MadeSince = { tables: new Set(), columns: new Set() };
  const judged: MigrationVerdict[] = [];
  for (const file of files) {
    const statements = await judgeFile(file, made);
    judged.push({
      path: file.path,
      tool: file.tool,
      verdict: worstVerdict(statements.map((statement) => statement.verdict)),
      statements,
      hasDownMigration: file.downSql !== null,
    });
  }
  return judged;
}

async function judgeFile(file: MigrationFile, made: MadeSince): Promise<readonly StatementVerdict[]> {
  if (file.tool === 'unknown') return [verdictOf('tool-not-known', file.sql)];
  if (file.dialect === 'mysql') return [verdictOf('dialect-not-supported', file.sql)];
  if (file.sql.length > fileMax) return [verdictOf('not-covered', file.sql)];
  const parsed = await parseSql(file.sql);
  if (parsed === undefined) return [verdictOf('does-not-parse', file.sql)];
  return parsed.flatMap(({ tree, source }) =>
    [...new Set(judgeStatement(tree, made))].map((rule) => verdictOf(rule, source)),
  );
}

function verdictOf(rule: Rule, source: string): StatementVerdict {
  const [verdict, reason] = rules[rule];
  // The parser counts the comment lines before a statement to it.
  const flat = source
    .replace(/^\s*--[^\n]*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  return {
    verdict,
    rule,
    reason,
    statement: flat.length > statementMax ? `${flat.slice(0, statementMax - 1)}…` : flat,
  };
}

/** Undefined when the parser refuses the text. The parser is WebAssembly and loads on first use. */
async function parseSql(sql: string): Promise<readonly { tree: unknown; source: string }[] | undefined> {
  const { parse } = await import('libpg-query');
  const bytes = Buffer.from(sql, 'utf8');
  try {
    const result: unknown = await parse(sql);
    return nodes(isNode(result) ? result.stmts : []).map((entry) => {
      const raw = isNode(entry) ? entry : {};
      // Positions are in bytes; the last statement has no length.
      const start = Number(raw.stmt_location ?? 0);
      const length = Number(raw.stmt_len ?? bytes.length - start);
      return { tree: raw.stmt, source: bytes.subarray(start, start + length).toString('utf8') };
    });
  } catch {
    return undefined;
  }
}
