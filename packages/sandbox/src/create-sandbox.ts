import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '@devops-mcp/contract';
import { evaluateRules } from './files/alert-rules.js';
import {
  renderAllowedSigners,
  renderEnrolments,
  type SandboxApprover,
  sandboxApprover,
} from './files/approver-files.js';
import { renderCalendars } from './files/calendars.js';
import { renderCatalog } from './files/catalog-files.js';
import {
  type ConfigurationFacts,
  renderConfiguration,
  renderExecutorConfiguration,
} from './files/configuration.js';
import { oldAlerts } from './files/old-alerts.js';
import { renderPastIncidents } from './files/past-incidents.js';
import { renderReadme } from './files/readme.js';
import { renderRunbooks } from './files/runbooks.js';
import { renderTerraformPlan, renderTerraformState } from './files/terraform.js';
import { type Truth, truthOf } from './files/truth.js';
import { renderWebhookLog } from './files/webhook-log.js';
import { writeRepositories } from './gitops/write-repositories.js';
import type { IncidentKind } from './incident-kinds.js';
import { prepareFolder, writeAll, writeText } from './sandbox-files.js';
import { planScenario } from './scenario/plan-scenario.js';
import { planPods } from './scenario/pods.js';
import { writeTelemetry } from './telemetry/write-telemetry.js';

export interface SandboxOptions {
  /** A folder that is empty or does not exist yet. */
  readonly directory: string;
  readonly incident: IncidentKind;
  /** A whole number; neighbouring seeds give different culprits. */
  readonly seed: number;
  /** Log lines and spans in multiples of the default; below 1 fewer are kept of the same requests. */
  readonly scale?: number;
  /** When the company is looked at; the current minute when absent. */
  readonly now?: Date;
  /** Hours of telemetry: 6, or 3 at scales below 0.2. */
  readonly hours?: number;
  /** Written as policy.yaml for both roles; without it their default policies hold. */
  readonly policyText?: string;
  readonly approvers?: readonly SandboxApprover[];
  /** Without it there is no executor role. */
  readonly executorKey?: { readonly privateKey: string; readonly publicKey: string };
  readonly serverVersion?: string;
  readonly onProgress?: (progress: SandboxProgress) => void;
}

export interface SandboxProgress {
  readonly step: 'history' | 'telemetry' | 'files';
  /** 0 to 1 within the step. */
  readonly done: number;
}

export interface SandboxReport {
  readonly directory: string;
  readonly truth: Truth;
  readonly counts: {
    readonly services: number;
    readonly requests: number;
    readonly logLines: number;
    readonly spans: number;
    readonly metricPoints: number;
    readonly commits: number;
    readonly alerts: number;
    readonly firing: number;
  };
}

/**
 * Makes a small company on disk with an incident in it. What it writes follows from incident, seed,
 * now, scale and the given keys and policy alone.
 * Rejects with `conflict` for a folder that is not empty, `invalid_input` for options out of range,
 * `unavailable` without git.
 */
export async function createSandbox(options: SandboxOptions): Promise<SandboxReport> {
  const { directory, incident, seed, scale, nowMs, hours, approvers } = checked(options);
  const progress = options.onProgress ?? (() => undefined);
  await prepareFolder(directory);
  const scenario = planScenario({ kind: incident, seed, nowMs, hours });
  const pods = planPods({ ...scenario, rollouts: scenario.rollouts });
  progress({ step: 'history', done: 0 });
  const repositories = await writeRepositories(join(directory, 'gitops'), scenario);
  progress({ step: 'telemetry', done: 0 });
  const telemetry = await writeTelemetry({
    folder: join(directory, 'telemetry'),
    scenario,
    pods,
    scale,
    onProgress: (done, total) => progress({ step: 'telemetry', done: done / total }),
  });
  progress({ step: 'files', done: 0 });
  const present = evaluateRules(scenario, telemetry.minutes, pods);
  const alerts = [...oldAlerts(scenario), ...present];
  await writeText(directory, 'alerts/webhook.ndjson', renderWebhookLog(alerts, nowMs));
  await writeAll(directory, 'knowledge/runbooks', renderRunbooks(nowMs));
  await writeAll(directory, 'knowledge/incidents', renderPastIncidents(scenario));
  await writeText(directory, 'infrastructure/terraform.tfstate', renderTerraformState(seed));
  await writeText(directory, 'infrastructure/plan.json', renderTerraformPlan());
  await writeRoles(options, approvers, nowMs);
  const truth = truthOf(scenario, repositories);
  const readme = {
    changeRequest: repositories.changeRequest,
    hasExecutor: options.executorKey !== undefined,
  };
  await writeText(directory, 'README.md', renderReadme(scenario, readme));
  await writeText(directory, 'truth.json', `${JSON.stringify(truth, null, 2)}\n`);
  progress({ step: 'files', done: 1 });
  return {
    directory,
    truth,
    counts: {
      services: new Set(pods.map((pod) => pod.service)).size,
      requests: telemetry.requests,
      logLines: telemetry.logLines,
      spans: telemetry.spans,
      metricPoints: telemetry.points,
      commits: repositories.commits,
      alerts: alerts.length,
      firing: present.filter((alert) => alert.endsMs === null).length,
    },
  };
}

function checked(options: SandboxOptions) {
  const { scale = 1, seed, approvers = [] } = options;
  if (!Number.isSafeInteger(seed))
    throw invalid('The seed is not a whole number.', 'Give a whole number, such as 7.');
  if (!(scale >= 0.001 && scale <= 100))
    throw invalid('The scale is out of range.', 'Give a number from 0.001 to 100; 1 is the default size.');
  const hours = options.hours ?? (scale < 0.2 ? 3 : 6);
  if (!(hours >= 2 && hours <= 48)) throw invalid('The hours are out of range.', 'Give 2 to 48 hours.');
  const now = options.now ?? new Date();
  const nowMs = Math.floor(now.getTime() / 60_000) * 60_000;
  if (!Number.isFinite(nowMs)) throw invalid('The time is not valid.', 'Give an RFC 3339 time.');
  for (const approver of approvers)
    if (!sandboxApprover.safeParse(approver).success)
      throw invalid(
        'An approver is malformed.',
        'Give principal, publicKey, fingerprint and file names as documented.',
      );
  return { directory: options.directory, incident: options.incident, seed, scale, nowMs, hours, approvers };
}

/** Requester, executor and approver: three roles in three places, here in one folder. */
async function writeRoles(
  options: SandboxOptions,
  approvers: readonly SandboxApprover[],
  nowMs: number,
): Promise<void> {
  const { directory, policyText, executorKey } = options;
  const calendars = renderCalendars(nowMs);
  for (const calendar of calendars) await writeText(directory, `on-call/${calendar.file}`, calendar.content);
  const facts: ConfigurationFacts = {
    calendars,
    hasPolicy: policyText !== undefined,
    hasApprovers: approvers.length > 0,
    hasExecutor: executorKey !== undefined,
    serverVersion: options.serverVersion ?? '0.1.0',
  };
  for (const role of executorKey === undefined ? ['.'] : ['.', 'executor']) {
    await writeAll(directory, join(role, 'catalog'), renderCatalog());
    if (policyText !== undefined) await writeText(directory, join(role, 'policy.yaml'), policyText);
    for (const folder of ['state', 'audit']) await mkdir(join(directory, role, folder), { recursive: true });
    if (approvers.length === 0) continue;
    await writeText(directory, join(role, 'allowed_signers'), renderAllowedSigners(approvers));
    await writeText(directory, join(role, 'enrolments.yaml'), renderEnrolments(approvers, nowMs));
  }
  for (const { privateKey } of approvers)
    if (privateKey !== undefined)
      await writeText(directory, join('approver', privateKey.file), privateKey.content, { isSecret: true });
  await writeText(directory, 'devops-mcp.yaml', renderConfiguration(facts));
  if (executorKey === undefined) return;
  await writeText(directory, 'executor.pub', executorKey.publicKey);
  await writeText(directory, 'executor/executor.key', executorKey.privateKey, { isSecret: true });
  await writeText(directory, 'executor/executor.yaml', renderExecutorConfiguration(facts));
}

function invalid(message: string, hint: string): ToolError {
  return new ToolError('invalid_input', message, { hint });
}
