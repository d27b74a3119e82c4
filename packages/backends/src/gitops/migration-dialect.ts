import type { MigrationFile } from '@devops-mcp/domain';

const postgresOnly =
  /\b(BIGSERIAL|SERIAL|JSONB|TIMESTAMPTZ|BYTEA|CREATE\s+EXTENSION|CONCURRENTLY|USING\s+(GIN|GIST|BTREE)\s*\(|CREATE\s+TYPE\s+\S+\s+AS\s+ENUM|ALTER\s+TYPE)\b|\$\$|::[a-z]+\b/i;
const mysqlOnly =
  /`[A-Za-z0-9_]+`|\b(AUTO_INCREMENT|ENGINE\s*=\s*\w+|TINYINT|MEDIUMTEXT|LONGTEXT|MODIFY\s+COLUMN|CHANGE\s+COLUMN|UNSIGNED)\b/i;

/**
 * The database that migrations are for: what Prisma's lock file names, else words that only one of
 * the two knows. Signs of both, or of none, are `unknown`. This chooses a parser and judges nothing.
 */
export function detectDialect(lock: string | undefined, texts: readonly string[]): MigrationFile['dialect'] {
  const provider = /^\s*provider\s*=\s*"([a-z]+)"/m.exec(lock ?? '')?.[1];
  if (provider === 'postgresql' || provider === 'postgres') return 'postgresql';
  if (provider === 'mysql') return 'mysql';
  if (provider !== undefined) return 'unknown';
  const plain = texts.map((text) => text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' '));
  const postgres = plain.some((text) => postgresOnly.test(text));
  const mysql = plain.some((text) => mysqlOnly.test(text));
  if (postgres === mysql) return 'unknown';
  return postgres ? 'postgresql' : 'mysql';
}
