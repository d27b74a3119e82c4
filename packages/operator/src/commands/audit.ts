import {
  type AuditRecord,
  type AuditReport,
  openSqliteStore,
  traceAudit,
  verifyAudit,
} from '@devops-mcp/governance';
import { type Configuration, findConfiguration, loadConfiguration } from '@devops-mcp/runtime';
import type { Command } from 'commander';
import { guarded, print, table } from '../terminal.js';

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('verify and read the audit log');
  audit
    .command('verify')
    .description('find edits, deletions, reorderings and missing segments; exit code 1 when there are any')
    .option('--config <file>', 'devops-mcp.yaml or executor.yaml')
    .option('--json', 'the report as JSON')
    .action((options: { config?: string; json?: boolean }) => guarded(() => verify(options)));
  audit
    .command('trace')
    .description('everything recorded of one proposal or one trace, in order of time')
    .argument('<id>', 'proposal id (prop_...) or trace id')
    .option('--config <file>', 'devops-mcp.yaml or executor.yaml')
    .option('--json', 'records as JSON lines')
    .action((id: string, options: { config?: string; json?: boolean }) => guarded(() => trace(id, options)));
}

/** The requester's own folder and those of executors that can be read from here. */
function auditFolders({ auditDir, executors }: Configuration): readonly string[] {
  return [auditDir, ...executors.flatMap(({ audit }) => audit ?? [])];
}

async function verify({ config, json }: { config?: string; json?: boolean }): Promise<void> {
  const configuration = await loadConfiguration(await findConfiguration(config));
  const store = await openSqliteStore({ directory: configuration.stateDir, clock: () => new Date() });
  try {
    const report = await verifyAudit({ directories: [configuration.auditDir], segments: store.segments });
    print(json ? JSON.stringify(report, null, 2) : showReport(report));
    if (!report.ok) process.exitCode = 1;
  } finally {
    await store.close();
  }
}

/** The report as a person reads it; what it cannot know is said with it. */
export function showReport(report: AuditReport): string {
  const lines = report.segments.map((segment) => [
    segment.ok ? 'ok' : 'BAD',
    segment.file,
    `${segment.records} records`,
    segment.firstBad
      ? `line ${segment.firstBad.line}: ${segment.firstBad.why}`
      : segment.tornBytes > 0
        ? `${segment.tornBytes} bytes of an unfinished record at the end`
        : '',
  ]);
  const missing = report.missing.map(({ file, startedAt }) => [
    'MISSING',
    file,
    '',
    `begun ${startedAt}, not in the folder`,
  ]);
  const verdict = report.ok
    ? `${report.records} records in ${report.segments.length} segments: every chain is whole.`
    : 'The log is NOT what was written. Keep these files and find out who could write to the folder.';
  return [
    table([...lines, ...missing]),
    verdict,
    'A cut tail does not show in a chain alone; compare the last hashes with a copy kept elsewhere.',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

async function trace(id: string, { config, json }: { config?: string; json?: boolean }): Promise<void> {
  const configuration = await loadConfiguration(await findConfiguration(config));
  const directories = auditFolders(configuration);
  const records = await traceAudit(
    id.startsWith('prop_') ? { directories, proposalId: id } : { directories, traceId: id },
  );
  if (json) return print(records.map((record) => JSON.stringify(record)).join('\n'));
  print(records.length === 0 ? `Nothing is recorded of ${id}.` : showTrail(records));
}

/** One line a record: when, where, who, what, and how it ended. */
export function showTrail(records: readonly AuditRecord[]): string {
  return table(
    records.map((record) => [
      record.timestamp.slice(11, 23),
      record.server.name,
      record.actor.humanId + (record.actor.agentClient ? ` via ${record.actor.agentClient}` : ''),
      `${record.eventType.replace('mcp.', '')} ${record.phase}`,
      `${record.tool.name} (tier ${record.tool.riskTier})`,
      [
        record.result.status,
        record.approval.approver ? `by ${record.approval.approver}` : '',
        record.result.errorCode ?? '',
        record.result.artifactRef ?? '',
      ]
        .filter(Boolean)
        .join(' '),
    ]),
  );
}
