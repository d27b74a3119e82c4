import type { RollbackPlan } from './describe-plan.js';

/** The plan as a person reads it, most important first. */
export function renderPlan(plan: RollbackPlan, hints: readonly string[]): string {
  const lines = [
    `Rollback plan for ${plan.service} in ${plan.environment} (nothing has been changed)`,
    `  now     ${name(plan.current)} deployed ${plan.current.deployed} by ${plan.current.by}`,
    `  target  ${name(plan.target)} deployed ${plan.target.deployed}`,
    `  ${plan.evidence}`,
    '',
    `Migrations in between: ${plan.migrations.length === 0 ? 'none' : plan.migrationVerdict}`,
    ...plan.migrations.map(
      (found) =>
        `  ${found.verdict.padEnd(20)} ${found.path}\n    ${found.statement}\n    ${found.reason}${found.hasDownMigration ? ' A down migration exists.' : ''}`,
    ),
    '',
    `Change: ${plan.mechanism}`,
    plan.diff,
    ...section('Warnings', plan.warnings),
    ...section('Freeze windows open now', plan.freezeWindows),
    ...section(
      'Configuration that changes',
      plan.configurationDrift.map(
        ({ field, from, to }) => `${field}: ${from ?? '(absent)'} -> ${to ?? '(absent)'}`,
      ),
    ),
    ...section('Secret references', plan.secretReferencesChanged),
    ...section('Dependents', plan.dependents),
    ...section('Verify', plan.verify),
    ...section('Stop when', plan.stopWhen),
    `About ${plan.estimateMinutes.value} minutes (${plan.estimateMinutes.basis}).`,
    plan.rollForward,
    `Next: ${plan.apply} before ${plan.planExpires}.`,
    ...hints,
  ];
  return lines.join('\n');
}

function name({ version, revision }: RollbackPlan['current']): string {
  return `${version ?? 'unversioned'} (${revision.slice(0, 10)})`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  - ${line}`)];
}
