import { logLevels } from '@devops-mcp/domain';
import { enumOf } from './values.js';

const info = logLevels.indexOf('info');

const severityNames = ['SEVERITY_NUMBER_UNSPECIFIED'].concat(
  ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) =>
    ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${name}${step}`),
  ),
);

const words: Readonly<Record<string, number>> = {
  trace: 0,
  verbose: 0,
  finest: 0,
  debug: 1,
  fine: 1,
  dbg: 1,
  info: 2,
  information: 2,
  inf: 2,
  notice: 2,
  warn: 3,
  warning: 3,
  wrn: 3,
  error: 4,
  err: 4,
  severe: 4,
  fatal: 5,
  critical: 5,
  crit: 5,
  panic: 5,
  alert: 5,
  emergency: 5,
  emerg: 5,
};

/** An index into the domain's `logLevels` from OTLP's severity number (1 to 24), or undefined. */
export function levelOfNumber(severityNumber: unknown): number | undefined {
  const number = enumOf(severityNumber, severityNames);
  return number >= 1 && number <= 24 ? Math.floor((number - 1) / 4) : undefined;
}

export function levelOfWord(text: unknown): number | undefined {
  return typeof text === 'string' && text.length < 20 ? words[text.toLowerCase()] : undefined;
}

const inText =
  /^(?:[^A-Za-z]{0,40}|.{0,40}?[[\s|])(?:level=|severity=|lvl=)?"?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL|PANIC)\b/;
const keyed = /\b(?:level|severity|lvl)=["']?([A-Za-z]{3,11})\b/;

/** The level that a plain line names: `2026-01-31 10:00:00 ERROR ...` or `level=error`. `info` when none. */
export function levelInText(text: string): number {
  const head = text.slice(0, 200);
  return levelOfWord(keyed.exec(head)?.[1]) ?? levelOfWord(inText.exec(head)?.[1]) ?? info;
}
