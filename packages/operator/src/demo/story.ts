import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  approveProposal,
  createSoftwareAuthenticator,
  exportProposal,
  openSqliteStore,
  recordDecision,
  recordExecutorOutcome,
  signDecision,
  traceAudit,
  verifyAudit,
} from '@devops-mcp/governance';
import type { SandboxReport } from '@devops-mcp/sandbox';
import { administer } from '../administration/administration.js';
import { renderHtml } from '../brief/render-html.js';
import { renderMarkdown } from '../brief/render-markdown.js';
import { showReport, showTrail } from '../commands/audit.js';
import { investigate } from '../commands/brief.js';
import { runExecutor, showExecution } from '../commands/execute.js';
import { proposal } from '../commands/proposals.js';
import { showSandbox } from '../commands/sandbox.js';
import { serverNames } from '../mcp/server-bins.js';
import { manifestVersion } from '../version.js';
import { type Agent, createAgent, textField } from './agent.js';
import { attackExecutor } from './attacks.js';
import { clientSetup } from './client-setup.js';
import type { Stage } from './stage.js';

/** What the story needs to know while it goes on. */
interface Tale {
  readonly stage: Stage;
  readonly sandbox: string;
  readonly config: string;
  readonly report: SandboxReport;
  readonly agent: Agent;
}

/** Tells the whole story on a sandbox that was just made. Throws where something is not as it must be. */
export async function tellStory(stage: Stage, report: SandboxReport): Promise<void> {
  const sandbox = report.directory;
  const config = path.join(sandbox, 'devops-mcp.yaml');
  const tale: Tale = { stage, sandbox, config, report, agent: createAgent(config) };
  try {
    const service = await showBrief(tale);
    const planId = await draftRollback(tale, service);
    await showLimits(tale, service);
    const proposalId = await propose(tale, planId);
    const request = await exportRequest(tale, proposalId);
    await showAttacks(tale, service, request);
    const approvals = await approve(tale, proposalId);
    await execute(tale, service, proposalId, request, approvals);
    await showRecord(tale, service, proposalId);
  } finally {
    await tale.agent.close();
  }
  stage.step('Add the servers to your own client');
  stage.quote(clientSetup(config, serverNames), 60);
}

async function showBrief({ stage, sandbox, config, report }: Tale): Promise<string> {
  stage.step('An alert wakes somebody up: the brief');
  stage.say(`  ${showSandbox(report)}`);
  const question = {
    environment: 'production',
    service: null,
    at: new Date(report.truth.at),
    windowMinutes: 120,
  };
  const { brief, plots, graph, calls } = await investigate(
    config,
    question,
    undefined,
    (message) => process.stderr.isTTY && stage.say(`  · ${message}`),
  );
  await writeFile(path.join(sandbox, 'brief.html'), renderHtml(brief, plots, graph));
  stage.quote(renderMarkdown(brief), 60);
  stage.good(`${calls} calls to five servers; the same as a page: ${path.join(sandbox, 'brief.html')}`);
  const top = brief.suspects[0];
  if (!top) throw new Error('the brief names no suspect');
  return top.service;
}

async function draftRollback({ stage, agent }: Tale, service: string): Promise<string> {
  stage.step('An agent drafts the rollback; nothing changes');
  const reply = await agent.call('rollback', 'plan_rollback', { service, environment: 'production' });
  if (reply.isError) throw new Error(reply.text);
  stage.quote(reply.text, 32);
  return textField(reply, 'data', 'planId');
}

async function showLimits({ stage, agent }: Tale, service: string): Promise<void> {
  stage.step('It asks for too much and is refused');
  const reply = await agent.call('deployments', 'propose_scale_service', {
    service,
    environment: 'production',
    replicas: 100,
    reason: 'handle the load',
  });
  if (!reply.isError) throw new Error('a change beyond every limit was accepted');
  stage.quote(reply.text, 6);
  stage.refused('100 replicas are beyond what the owner of the service allows');
}

async function propose({ stage, agent, report }: Tale, planId: string): Promise<string> {
  stage.step('It proposes the rollback: this text is what people approve');
  const asked = {
    planId,
    reason: 'Errors since the last deployment; the on-call engineer asked for a rollback.',
    changeRef: report.truth.changeRequest,
  };
  const reply = await agent.call('rollback', 'propose_roll_back_service', asked);
  if (reply.isError) throw new Error(reply.text);
  stage.quote(textField(reply, 'rendering'), 46);
  const proposalId = textField(reply, 'proposalId');
  const early = await agent.call('rollback', 'execute_proposal', { proposalId });
  stage.refused(
    `execute_proposal by the agent itself: ${textField(early, 'state')}. ${textField(early, 'next')}`,
  );
  return proposalId;
}

async function exportRequest({ config, sandbox }: Tale, id: string): Promise<string> {
  const file = path.join(sandbox, `${id}.json`);
  await administer(config, manifestVersion, async (admin) =>
    writeFile(file, exportProposal(await proposal(admin, id))),
  );
  return file;
}

async function showAttacks(
  { stage, sandbox, report }: Tale,
  service: string,
  request: string,
): Promise<void> {
  stage.step('The worst it can do on its own side, against an executor in a folder of its own');
  await attackExecutor(
    sandbox,
    service,
    report.truth.changeRequest ?? '',
    request,
    ({ title, report: found }) => {
      if (found.state === 'succeeded' || found.refusals.length === 0)
        throw new Error(`NOT refused: ${title}: ${JSON.stringify(found)}`);
      stage.refused(`It ${title}:`);
      stage.quote(found.refusals.map(({ check, reason }) => `${check}: ${reason}`).join('\n'), 4);
    },
  );
}

async function approve({ stage, sandbox, config }: Tale, id: string): Promise<readonly string[]> {
  stage.step('Two approvers who are enrolled with the executor read it and sign');
  stage.say(
    '  Their keys are software keys on this machine, for show. Real ones must be security keys, and must not be here.',
  );
  const files: string[] = [];
  for (const name of ['approver-one', 'approver-two']) {
    const key = createSoftwareAuthenticator({
      privateKey: await readFile(path.join(sandbox, 'approver', `${name}.key`), 'utf8'),
    });
    await administer(config, manifestVersion, async (admin) => {
      const record = await proposal(admin, id);
      const signed = signDecision(key, {
        bindingDigest: record.bindingDigest,
        decision: 'approve',
        at: new Date().toISOString(),
      });
      const file = path.join(sandbox, `${name}.json`);
      await writeFile(file, JSON.stringify(signed, null, 2));
      files.push(file);
      if (!admin.approvers) throw new Error('the sandbox has no approvers');
      const ownership = await admin.ownership();
      const approval = approveProposal({
        signed,
        binding: record.binding,
        directory: await admin.approvers.load(),
        ownership,
        now: new Date(),
      });
      const after = await recordDecision({ ...admin, ownership }, record, approval, admin);
      stage.good(
        `${approval.approver} approves sha256 ${record.bindingDigest.slice(0, 16)}…; the proposal is ${after.state}`,
      );
    });
  }
  return files;
}

async function execute(
  tale: Tale,
  service: string,
  id: string,
  request: string,
  approval: readonly string[],
): Promise<void> {
  const { stage, sandbox, config, agent } = tale;
  stage.step('The executor derives everything again, applies it once, and reads it back');
  const before = runningImage(sandbox, service);
  const executor = { config: path.join(sandbox, 'executor', 'executor.yaml'), approval };
  const result = await runExecutor(request, executor);
  if (result.state !== 'succeeded' || result.outcomeFile === null) throw new Error(showExecution(result));
  stage.good(showExecution(result));
  stage.good(`desired state in git: ${before} → ${runningImage(sandbox, service)}`);
  const again = await runExecutor(request, executor);
  if (again.state === 'succeeded') throw new Error('the same approval was used twice');
  stage.refused(`the same request once more: ${again.refusals[0]?.reason ?? again.state}`);
  const { outcomeFile } = result;
  await administer(config, manifestVersion, async (admin) => {
    const known = admin.configuration.executors[0];
    if (!known) throw new Error('the sandbox has no executor');
    const given = {
      record: await proposal(admin, id),
      outcomeFile,
      executor: { id: known.id, publicKey: await readFile(known.publicKey, 'utf8') },
    };
    await recordExecutorOutcome({ ...admin, ownership: await admin.ownership() }, given, admin);
  });
  const seen = await agent.call('rollback', 'get_proposal', { proposalId: id });
  stage.good(`the agent sees: ${textField(seen, 'state')}`);
}

async function showRecord(
  { stage, sandbox, config, agent, report }: Tale,
  service: string,
  id: string,
): Promise<void> {
  stage.step('What happened stands in the incident\u2019s timeline');
  const onset = report.truth.onset ?? report.truth.at;
  const period = `${new Date(Date.parse(onset) - 10 * 60_000).toISOString()}/${new Date(Date.now() + 60_000).toISOString()}`;
  const timeline = await agent.call('alerts', 'build_incident_timeline', {
    environment: 'production',
    service,
    period,
  });
  if (timeline.isError) throw new Error(timeline.text);
  stage.quote(timeline.text, 40);
  if (!timeline.text.includes('roll_back_service'))
    throw new Error('the rollback is missing from the timeline');
  stage.step('The audit trail of the whole story, verified');
  const folders = [path.join(sandbox, 'audit'), path.join(sandbox, 'executor', 'audit')];
  stage.quote(showTrail(await traceAudit({ directories: folders, proposalId: id })), 30);
  for (const role of ['.', 'executor']) {
    const store = await openSqliteStore({
      directory: path.join(sandbox, role, 'state'),
      clock: () => new Date(),
    });
    const verified = await verifyAudit({
      directories: [path.join(sandbox, role, 'audit')],
      segments: store.segments,
    });
    await store.close();
    if (!verified.ok) throw new Error(showReport(verified));
    stage.good(
      `${role === '.' ? "requester's log" : "executor's log"}: ${verified.records} records in ${verified.segments.length} segments, every chain whole`,
    );
  }
  stage.say(`  Look yourself: devops-mcp audit verify --config ${config}`);
}

function runningImage(sandbox: string, service: string): string {
  const repository = path.join(sandbox, 'gitops', 'production.git');
  const manifest = execFileSync(
    'git',
    ['-C', repository, 'show', `main:services/${service}/deployment.yaml`],
    { encoding: 'utf8' },
  );
  return /image:\s*(\S+)/.exec(manifest)?.[1]?.split('/').at(-1) ?? 'no image';
}
