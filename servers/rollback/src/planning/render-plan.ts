import { oneLine, quoteInline, quoteOutside, renderNotes, showTime } from '@devops-mcp/domain';
import type { RollbackAnswer } from '../tools/plan-rollback.js';
import { shortRevision } from './short-revision.js';

type RollbackPlan = RollbackAnswer['data'];

/** The plan as a person reads it, most important first; diff and statements stand in quotes or behind a bar. */
export function renderPlan(answer: RollbackAnswer): string {
  const { data: plan } = answer;
  const { current, target, estimateMinutes } = plan;
  return [
    `Rollback plan for ${plan.service} in ${plan.environment} (nothing has been changed)`,
    `  now     ${nameOf(current)} deployed ${showTime(current.time)} UTC by ${oneLine(current.by)}`,
    `  target  ${nameOf(target)} deployed ${showTime(target.time)} UTC by ${oneLine(target.by)}`,
    `  ${oneLine(plan.evidence)}`,
    '',
    `Migrations in between: ${plan.migrations.length === 0 && plan.migrationVerdict === 'safe' ? 'none' : plan.migrationVerdict}`,
    ...plan.migrations.flatMap(migrationLines),
    '',
    `Change: ${oneLine(plan.mechanism)}`,
    quoteOutside(plan.diff.trimEnd()),
    ...section('Warnings', plan.warnings),
    ...section('Freeze windows open now', plan.freezeWindows),
    ...section(
      'Configuration that changes',
      plan.configurationDrift.map(
        ({ field, from = '(absent)', to = '(absent)' }) => `${field}: ${from} → ${to}`,
      ),
    ),
    ...section('Secret references', plan.secretReferencesChanged),
    ...section('Dependents', plan.dependents),
    ...section('Verify', plan.verify),
    ...section('Stop when', plan.stopWhen),
    `About ${estimateMinutes.value} minutes (${estimateMinutes.basis}).`,
    oneLine(plan.rollForward),
    `Next: ${plan.apply} before ${showTime(plan.planExpires)} UTC.`,
    renderNotes(answer),
  ].join('\n');
}

function nameOf({ version, revision }: RollbackPlan['current']): string {
  return oneLine(`${version ?? 'unversioned'} (${shortRevision(revision)})`);
}

function migrationLines(found: RollbackPlan['migrations'][number]): readonly string[] {
  const down = found.hasDownMigration ? ' A down migration exists.' : '';
  return [
    `  ${found.verdict.padEnd(20)} ${oneLine(found.path)}`,
    ...(found.statement === '' ? [] : [`    ${quoteInline(found.statement, 200)}`]),
    `    ${found.reason}${down}`,
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  - ${oneLine(line)}`)];
}
