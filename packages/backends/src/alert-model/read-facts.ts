import type { ServiceMapping, Severity } from '@devops-mcp/contract';
import type { Alert } from '@devops-mcp/domain';

type Texts = Readonly<Record<string, string>>;
type Comparison = NonNullable<Alert['comparison']>;

/** Which labels tell of what an alert is about, the most telling first. */
export interface AlertLabelNames {
  readonly service: readonly string[];
  readonly instance: readonly string[];
  readonly severity: readonly string[];
}

export const usualLabelNames = {
  service: ['service', 'service_name', 'app', 'app_kubernetes_io_name', 'job'],
  instance: ['instance', 'pod', 'service_instance_id'],
  severity: ['severity', 'level', 'priority', 'sev'],
} as const satisfies AlertLabelNames;

const valueAnnotations = ['value', 'current_value', 'currentValue'] as const;
const runbookAnnotations = ['runbook_url', 'runbookUrl', 'runbook'] as const;

/** What the words of common alert sources mean on the suite's scale; P1 to P5 and SEV1 to SEV5 alike. */
const severities: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  page: 'critical',
  fatal: 'critical',
  emergency: 'critical',
  disaster: 'critical',
  p1: 'critical',
  sev1: 'critical',
  high: 'high',
  error: 'high',
  major: 'high',
  p2: 'high',
  sev2: 'high',
  warning: 'medium',
  warn: 'medium',
  medium: 'medium',
  average: 'medium',
  p3: 'medium',
  sev3: 'medium',
  low: 'low',
  minor: 'low',
  ticket: 'low',
  notice: 'low',
  p4: 'low',
  sev4: 'low',
  info: 'info',
  informational: 'info',
  none: 'info',
  debug: 'info',
  p5: 'info',
  sev5: 'info',
};

/**
 * The catalog's name for what the alert is about. Labels are tried from the most telling to `job`;
 * one that the catalog knows wins, since `job` often names the scraper instead.
 */
export function serviceOf(
  labels: Texts,
  services: ServiceMapping,
  names: AlertLabelNames = usualLabelNames,
): string | null {
  const named = names.service.flatMap((label) => {
    const value = labels[label];
    // Prometheus Operator writes `job` as namespace/name.
    return value ? [services.serviceOf(label === 'job' ? (value.split('/').at(-1) ?? value) : value)] : [];
  });
  const known = new Set(services.services());
  return named.find((name) => known.has(name)) ?? named[0] ?? null;
}

export function instanceOf(labels: Texts, names: AlertLabelNames = usualLabelNames): string | null {
  return first(labels, names.instance);
}

/** A word that is not on the list counts as medium: neither hidden nor paged for. */
export function severityOf(
  labels: Texts,
  names: AlertLabelNames = usualLabelNames,
): { readonly severity: Severity; readonly raw: string | null } {
  const raw = first(labels, names.severity);
  if (raw === null) return { severity: 'medium', raw };
  const word = raw
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '');
  return { severity: Object.hasOwn(severities, word) ? (severities[word] ?? 'medium') : 'medium', raw };
}

export function runbookUrlOf(annotations: Texts): string | null {
  return first(annotations, runbookAnnotations);
}

export function summaryOf(annotations: Texts, name: string): string {
  return (annotations.summary || annotations.description || annotations.message || name).slice(0, 500);
}

/** The measured value: its own annotation, or `current value: 0.31` inside a text. */
export function measuredValue(annotations: Texts): {
  readonly value: number | null;
  readonly unit: string | null;
} {
  const own = first(annotations, valueAnnotations);
  if (own !== null) return readQuantity(own);
  for (const name of ['description', 'summary', 'message']) {
    const match = /\b(?:current )?value(?: is|:| =|=)\s{0,3}([^\s,;)]{1,40})/i.exec(annotations[name] ?? '');
    const found = readQuantity(match?.[1] ?? '');
    if (found.value !== null) return found;
  }
  return { value: null, unit: null };
}

/** The threshold: its own annotation, or the comparison that ends the rule's expression. */
export function thresholdOf(
  annotations: Texts,
  generatorUrl: string | null,
): { readonly threshold: number | null; readonly comparison: Comparison | null } {
  const rule = readRule(generatorUrl);
  const own = first(annotations, ['threshold']);
  if (own === null) return rule;
  const match = /^\s*(>=|<=|==|!=|>|<)?(.*)$/s.exec(own.slice(0, 60));
  return {
    threshold: readQuantity(match?.[2] ?? '').value,
    comparison: asComparison(match?.[1]) ?? rule.comparison,
  };
}

function readRule(url: string | null): { threshold: number | null; comparison: Comparison | null } {
  const none = { threshold: null, comparison: null };
  const expression = expressionOf(url);
  // With several conditions the last comparison is not the threshold of the alert.
  if (expression === null || /\b(?:and|or|unless)\b/i.test(expression)) return none;
  const match = /(>=|<=|==|!=|>|<)\s{0,5}([-+]?[0-9][0-9.]{0,20}(?:e[-+]?[0-9]{1,3})?)$/i.exec(expression);
  const comparison = asComparison(match?.[1]);
  const threshold = Number(match?.[2]);
  return comparison && Number.isFinite(threshold) ? { threshold, comparison } : none;
}

/** Prometheus puts the rule's expression into the link to its graph: `/graph?g0.expr=...`. */
function expressionOf(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  return new URL(url).searchParams.get('g0.expr')?.trim().slice(0, 2000) ?? null;
}

/** A number with what stands right behind it: `12.5%`, `350 ms`, `0.31`. */
function readQuantity(text: string): { value: number | null; unit: string | null } {
  const match =
    /^\s{0,5}([-+]?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[-+]?[0-9]{1,3})?)\s{0,3}([A-Za-z%/µ]{0,12})/.exec(
      text.slice(0, 60),
    );
  const value = Number(match?.[1]);
  if (!match || !Number.isFinite(value)) return { value: null, unit: null };
  return { value, unit: match[2] ? match[2] : null };
}

function asComparison(text: string | undefined): Comparison | null {
  switch (text) {
    case '>':
    case '>=':
    case '<':
    case '<=':
    case '==':
    case '!=':
      return text;
    default:
      return null;
  }
}

function first(texts: Texts, names: readonly string[]): string | null {
  for (const name of names) if (Object.hasOwn(texts, name) && texts[name]) return texts[name];
  return null;
}
