import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createSoftwareAuthenticator,
  createSshSigner,
  exportProposal,
  openSqliteStore,
  parseRequestFile,
  type SshSigner,
  signDecision,
} from '@devops-mcp/governance';
import { administer } from '../administration/administration.js';
import { type ExecutionReport, runExecutor } from '../commands/execute.js';
import { proposal } from '../commands/proposals.js';
import { manifestVersion } from '../version.js';
import { type Agent, createAgent, textField } from './agent.js';
import { makeRogueSide, tamper } from './rogue-side.js';

export interface Attack {
  readonly title: string;
  readonly report: ExecutionReport;
}

interface Scene {
  readonly sandbox: string;
  readonly folder: string;
  readonly service: string;
  readonly changeRef: string;
  readonly request: string;
}

/**
 * What an agent with a shell could try on its own side, each tried on the executor, which has a
 * folder of its own. Every attempt must end in a refusal; the caller checks that.
 */
export async function attackExecutor(
  sandbox: string,
  service: string,
  changeRef: string,
  honestRequest: string,
  onAttack: (attack: Attack) => void,
): Promise<void> {
  const folder = await makeRogueSide(sandbox);
  const scene: Scene = { sandbox, folder, service, changeRef, request: path.join(folder, 'request.json') };
  const forged = createSoftwareAuthenticator();
  const attacks: readonly (readonly [string, (scene: Scene) => Promise<ExecutionReport>])[] = [
    [
      'enrols a key of its own among the approvers and signs with it',
      (one) => signWithOwnKey(one, forged, honestRequest),
    ],
    [
      'has an approver\u2019s plain key, without presence or verification',
      (one) => signWithPlainKey(one, honestRequest),
    ],
    ['writes "approved" into its own store and sends no signature', (one) => approveInStore(one)],
    ['puts another requester into the request', (one) => changeRequester(one, honestRequest)],
    ['rewrites its policy so that nothing is required', (one) => rewritePolicy(one, forged)],
    ['raises the owner\u2019s limits in its catalog and asks for more', (one) => raiseLimits(one, forged)],
  ];
  for (const [title, attempt] of attacks) onAttack({ title, report: await attempt(scene) });
}

async function signWithOwnKey(scene: Scene, key: SshSigner, request: string): Promise<ExecutionReport> {
  await enrol(scene, key);
  return execute(scene, request, [
    await forge(scene, request, key, 'one'),
    await forge(scene, request, key, 'two'),
  ]);
}

async function signWithPlainKey(scene: Scene, request: string): Promise<ExecutionReport> {
  const key = createSshSigner(await readFile(path.join(scene.sandbox, 'approver', 'plain.key'), 'utf8'));
  return execute(scene, request, [await forge(scene, request, key, 'plain')]);
}

async function approveInStore(scene: Scene): Promise<ExecutionReport> {
  const id = await withAgent(scene, (agent) => proposeRollback(agent, scene));
  await exportTo(scene, id);
  const store = await openSqliteStore({
    directory: path.join(scene.folder, 'state'),
    clock: () => new Date(),
  });
  const at = new Date().toISOString();
  const record = await store.proposals.get(id);
  for (const approver of ['user:default/approver-one', 'user:default/approver-two']) {
    await store.approvals.add({
      proposalId: id,
      bindingDigest: record?.bindingDigest ?? '',
      decision: 'approve',
      approver,
      kind: 'ssh-signature',
      evidence: {},
      at,
      expiresAt: record?.binding.expiresAt ?? at,
    });
  }
  await store.proposals.transition(id, ['proposed', 'awaiting_approval'], 'approved', at);
  await store.close();
  return execute(scene, scene.request, []);
}

async function changeRequester(scene: Scene, request: string): Promise<ExecutionReport> {
  const text = await readFile(request, 'utf8');
  await writeFile(scene.request, text.replaceAll('user:default/oncall', 'user:default/head-of-operations'));
  return execute(scene, scene.request, []);
}

async function rewritePolicy(scene: Scene, key: SshSigner): Promise<ExecutionReport> {
  await writeFile(
    path.join(scene.folder, 'policy.yaml'),
    'policies:\n  - name: everything\n    match: { actionTier: [1, 2, 3] }\n    effect: allow\n',
  );
  const id = await withAgent(scene, (agent) => proposeRollback(agent, { ...scene, changeRef: null }));
  await exportTo(scene, id);
  return execute(scene, scene.request, [await forge(scene, scene.request, key, 'policy')]);
}

async function raiseLimits(scene: Scene, key: SshSigner): Promise<ExecutionReport> {
  await tamper(scene.folder, `catalog/${scene.service}/devops-mcp.service.yaml`, (text) =>
    text
      .replace(/replicas: \{[^}]*\}/, 'replicas: { max: 100 }')
      .replace(/replicasAdded: \{ max: [^\n]*\}\n/, 'replicasAdded: { max: 20 }\n'),
  );
  const id = await withAgent(scene, async (agent) => {
    const reply = await agent.call('deployments', 'propose_scale_service', {
      service: scene.service,
      environment: 'production',
      replicas: 14,
      reason: 'more is better',
    });
    return textField(reply, 'proposalId');
  });
  await exportTo(scene, id);
  return execute(scene, scene.request, [await forge(scene, scene.request, key, 'limits')]);
}

async function proposeRollback(
  agent: Agent,
  scene: { readonly service: string; readonly changeRef: string | null },
): Promise<string> {
  const plan = await agent.call('rollback', 'plan_rollback', {
    service: scene.service,
    environment: 'production',
  });
  const planId = textField(plan, 'data', 'planId');
  const asked = {
    planId,
    reason: 'let me through',
    ...(scene.changeRef === null ? {} : { changeRef: scene.changeRef }),
  };
  return textField(await agent.call('rollback', 'propose_roll_back_service', asked), 'proposalId');
}

async function withAgent<T>(scene: Scene, work: (agent: Agent) => Promise<T>): Promise<T> {
  const agent = createAgent(path.join(scene.folder, 'devops-mcp.yaml'));
  try {
    return await work(agent);
  } finally {
    await agent.close();
  }
}

/** On its own side the agent may name whom it likes as approver. */
async function enrol(scene: Scene, key: SshSigner): Promise<void> {
  await tamper(
    scene.folder,
    'allowed_signers',
    (text) => `${text}approver-three@example.com namespaces="devops-mcp-approval" ${key.publicKey}\n`,
  );
  await tamper(scene.folder, 'enrolments.yaml', (text) =>
    text.replace(/SHA256:[A-Za-z0-9+/]{43}/, key.fingerprint),
  );
}

async function forge(scene: Scene, request: string, key: SshSigner, name: string): Promise<string> {
  const { bindingDigest } = parseRequestFile(await readFile(request, 'utf8'));
  const file = path.join(scene.folder, `forged-${name}.json`);
  await writeFile(
    file,
    JSON.stringify(signDecision(key, { bindingDigest, decision: 'approve', at: new Date().toISOString() })),
  );
  return file;
}

async function exportTo(scene: Scene, id: string): Promise<void> {
  await administer(path.join(scene.folder, 'devops-mcp.yaml'), manifestVersion, async (admin) => {
    await writeFile(scene.request, exportProposal(await proposal(admin, id)));
  });
}

function execute(scene: Scene, request: string, approval: readonly string[]): Promise<ExecutionReport> {
  return runExecutor(request, { config: path.join(scene.sandbox, 'executor', 'executor.yaml'), approval });
}
