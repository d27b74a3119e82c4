import type { Severity } from '@devops-mcp/contract';
import { parseTime } from '@devops-mcp/domain';

type Fields = Readonly<Record<string, unknown>>;

const mostItems = 50;
const longest = 500;
const severities: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  sev1: 'critical',
  p1: 'critical',
  high: 'high',
  major: 'high',
  sev2: 'high',
  p2: 'high',
  medium: 'medium',
  warning: 'medium',
  moderate: 'medium',
  sev3: 'medium',
  p3: 'medium',
  low: 'low',
  minor: 'low',
  sev4: 'low',
  p4: 'low',
  info: 'info',
  sev5: 'info',
  p5: 'info',
};

export function textField(fields: Fields, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string' && value.trim() !== '') return value.trim().slice(0, longest);
    if (typeof value === 'number') return String(value);
  }
  return null;
}

/** A list, a single value, or a text with commas: people write all three. */
export function listField(fields: Fields, ...names: readonly string[]): readonly string[] {
  for (const name of names) {
    const value = fields[name];
    const items = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
    const texts = items
      .filter((item): item is string | number => typeof item === 'string' || typeof item === 'number')
      .map((item) => String(item).trim().slice(0, longest))
      .filter((item) => item !== '');
    if (texts.length > 0) return texts.slice(0, mostItems);
  }
  return [];
}

/** A time with or without a zone (then UTC), or a date; null when it is neither. */
export function timeField(fields: Fields, ...names: readonly string[]): Date | null {
  for (const name of names) {
    const value = fields[name];
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
    if (typeof value === 'string') return readTime(value);
  }
  return null;
}

export function readTime(text: string): Date | null {
  try {
    // `now` is not a date that a record can have: the reference is never used.
    return /^\d/.test(text.trim()) ? parseTime(text, new Date(0)) : null;
  } catch {
    return null;
  }
}

export function severityField(fields: Fields): Severity {
  const word =
    textField(fields, 'severity', 'priority')
      ?.toLowerCase()
      .replaceAll(/[\s_-]/g, '') ?? '';
  return Object.hasOwn(severities, word) ? (severities[word] ?? 'medium') : 'medium';
}
