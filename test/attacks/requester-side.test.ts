import { execFileSync } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createSoftwareAuthenticator, createSshSigner, openSqliteStore } from '@devops-mcp/governance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRequest, field, proposeRollback } from '../end-to-end/world/change.js';
import { withClient } from '../end-to-end/world/client.js';
import { devopsMcp } from '../end-to-end/world/programs.js';
import { copyOfSandbox, type Sandbox } from '../end-to-end/world/sandbox.js';
import { checksOf, executorOn, productionHead, reasonsOf } from './executor.js';
import { approverKeys, decisionText, type Request, readRequest } from './forge.js';
import { makeRogue, type Rogue } from './rogue.js';

let sandbox: Sandbox;
let keys: Awaited<ReturnType<typeof approverKeys>>;
let head: string;
let executorsFolder: string;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
  keys = await approverKeys(sandbox);
  head = productionHead(sandbox);
  executorsFolder = await settingsOf(sandbox.at('executor'));
});
afterAll(async () => {
  // Nothing above may have moved the desired state or the executor's own settings.
  expect(productionHead(sandbox)).toBe(head);
  expect(await settingsOf(sandbox.at('executor'))).toBe(executorsFolder);
  await sandbox.remove();
});

async function settingsOf(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.ya?ml$|signers$/.test(name));
  return (await Promise.all(names.sort().map((name) => readFile(path.join(folder, name), 'utf8')))).join(
    '\n',
  );
}

const service = () => sandbox.truth.service ?? '';
const signedByBoth = ({ bindingDigest }: Request) =>
  [keys.one, keys.two].map((key) => decisionText(key, bindingDigest));

/** Proposes on the rogue side, has it signed by both true approvers, and hands it to the executor. */
async function attempt(rogue: Rogue, propose = () => proposeOn(rogue)) {
  const request = await readRequest(await exportRequest(sandbox, await propose(), rogue.config));
  return executorOn(
    sandbox,
    request,
    signedByBoth(request),
    request.binding.server === 'deployments' ? 'deployments' : 'rollback',
  );
}

const proposeOn = (rogue: Rogue, more?: object) =>
  proposeRollback(
    { config: rogue.config, truth: sandbox.truth },
    { changeRef: sandbox.truth.changeRequest, ...more },
  );

const scaleOn = (rogue: Rogue, replicas: number) =>
  withClient('deployments', rogue.config, {}, async (open) =>
    field(
      await open.call('propose_scale_service', {
        ...{ environment: 'production', service: service(), replicas, reason: 'more is better' },
        changeRef: sandbox.truth.changeRequest,
      }),
      'proposalId',
    ),
  );

const permissive =
  'policies:\n  - name: everything\n    match: { actionTier: [1, 2, 3] }\n    effect: allow\n';
const serviceFile = () => `catalog/${service()}/devops-mcp.service.yaml`;

describe('on its own side an agent edits, and even deceives both approvers; the executor refuses', () => {
  it('its policy, so that nothing is required', async () => {
    const rogue = await makeRogue(sandbox);
    await writeFile(path.join(rogue.folder, 'policy.yaml'), permissive);
    const verdict = await attempt(rogue, () => proposeOn(rogue, { changeRef: undefined }));
    expect(checksOf(verdict)).toEqual(
      expect.arrayContaining(['policyDigest', 'requirements', 'approved_change_request']),
    );
  });

  it('its policy by a comment alone', async () => {
    const rogue = await makeRogue(sandbox);
    await rogue.tamper('policy.yaml', (text) => `${text}# harmless\n`);
    expect(checksOf(await attempt(rogue))).toContain('policyDigest');
  });

  it('the owner’s limits in its catalog, and asks for more', async () => {
    const rogue = await makeRogue(sandbox);
    await rogue.tamper(serviceFile(), (text) =>
      text
        .replace(/replicas: \{[^}]*\}/, 'replicas: { max: 100 }')
        .replace(/replicasAdded: \{ max: [^\n]*\}\n/, 'replicasAdded: { max: 50 }\n'),
    );
    const verdict = await attempt(rogue, () => scaleOn(rogue, 14));
    expect(checksOf(verdict)).toEqual(expect.arrayContaining(['limits', 'blast radius']));
  });

  it('the owner’s limits, and asks for no more than before', async () => {
    const rogue = await makeRogue(sandbox);
    await rogue.tamper(serviceFile(), (text) =>
      text.replace(/dependents: \{ max: 20 \}/, 'dependents: { max: 400 }'),
    );
    expect(checksOf(await attempt(rogue, () => scaleOn(rogue, 4)))).toContain('limits');
  });

  it('the dependencies in its catalog, so that less seems to be touched', async () => {
    const rogue = await makeRogue(sandbox);
    for (const name of await readdir(path.join(rogue.folder, 'catalog'), { recursive: true }))
      if (name.endsWith('catalog-info.yaml')) await untied(path.join(rogue.folder, 'catalog', name));
    const verdict = await attempt(rogue, () => scaleOn(rogue, 4));
    expect(checksOf(verdict)).toContain('blastRadius');
  });

  it('the class of production, so that one approver or none is needed', async () => {
    const rogue = await makeRogue(sandbox);
    await rogue.tamper('devops-mcp.yaml', (text) => text.replace('class: production', 'class: staging'));
    const verdict = await attempt(rogue);
    expect(checksOf(verdict)).toContain('environmentClass');
  });

  it('the executor that its configuration names', async () => {
    const rogue = await makeRogue(sandbox);
    await rogue.tamper('devops-mcp.yaml', (text) => text.replace('id: gitops-executor', 'id: my-executor'));
    expect(checksOf(await attempt(rogue))).toContain('audience');
  });

  it('who it is: one of the two approvers', async () => {
    const rogue = await makeRogue(sandbox);
    await rogue.tamper('devops-mcp.yaml', (text) =>
      text.replace('user:default/oncall', 'user:default/approver-one'),
    );
    const verdict = await attempt(rogue);
    expect(reasonsOf(verdict)).toContain("the requester's own");
    expect(reasonsOf(verdict)).toContain('1 of 2');
  });

  it('the change request, in a repository of its own', async () => {
    const rogue = await makeRogue(sandbox);
    await ownChangeRequest(rogue, 'CHG-9999');
    const verdict = await attempt(rogue, () => proposeOn(rogue, { changeRef: 'CHG-9999' }));
    expect(checksOf(verdict)).toContain('approved_change_request');
    expect(reasonsOf(verdict)).toContain('CHG-9999');
  });

  it('the history that it plans on, in a repository of its own', async () => {
    const rogue = await makeRogue(sandbox);
    const clone = path.join(rogue.folder, 'own.git');
    await cp(sandbox.at('gitops', 'production.git'), clone, { recursive: true });
    git(clone, 'update-ref', 'refs/heads/main', git(clone, 'rev-parse', 'main~3'));
    await rogue.tamper('devops-mcp.yaml', (text) =>
      text.replace(/(deployments: \{ use: gitops, path: )[^,]*production\.git/, '$1./own.git'),
    );
    const verdict = await attempt(rogue, () => scaleOn(rogue, 4));
    expect(checksOf(verdict)).toContain('observed');
  });
});

describe('on its own side an agent forges approvals; the executor counts none', () => {
  it('by keys that it enrolled among its own signers', async () => {
    const rogue = await makeRogue(sandbox);
    const forged = createSoftwareAuthenticator();
    const line = `approver-three@example.com namespaces="devops-mcp-approval" ${forged.publicKey}\n`;
    await rogue.tamper('allowed_signers', (text) => text + line);
    await rogue.tamper('enrolments.yaml', (text) =>
      text.replace(/SHA256:[A-Za-z0-9+/]{43}/, forged.fingerprint),
    );
    const file = await exportRequest(sandbox, await proposeOn(rogue), rogue.config);
    const request = await readRequest(file);
    const decision = decisionText(forged, request.bindingDigest);
    const verdict = await executorOn(sandbox, request, [decision, decision]);
    expect(reasonsOf(verdict)).toContain('0 of 2');
    expect(reasonsOf(verdict)).toContain('not among the allowed signers');
  });

  it('by taking the name of an approver for its own key', async () => {
    const rogue = await makeRogue(sandbox);
    const forged = createSoftwareAuthenticator();
    await rogue.tamper('allowed_signers', (text) =>
      text.replace(/sk-ssh-ed25519@openssh\.com \S+/, forged.publicKey),
    );
    const request = await readRequest(await exportRequest(sandbox, await proposeOn(rogue), rogue.config));
    const verdict = await executorOn(sandbox, request, [
      decisionText(forged, request.bindingDigest),
      decisionText(keys.two, request.bindingDigest),
    ]);
    expect(reasonsOf(verdict)).toContain('1 of 2');
  });

  it('by calling a plain key a device in its own enrolments', async () => {
    const rogue = await makeRogue(sandbox);
    await rogue.tamper('enrolments.yaml', (text) => text.replaceAll('hardware: false', 'hardware: true'));
    const plain = createSshSigner(await readFile(sandbox.at('approver', 'plain.key'), 'utf8'));
    const request = await readRequest(await exportRequest(sandbox, await proposeOn(rogue), rogue.config));
    const verdict = await executorOn(sandbox, request, [
      decisionText(keys.one, request.bindingDigest),
      decisionText(plain, request.bindingDigest),
    ]);
    expect(reasonsOf(verdict)).toContain('plain key');
  });

  it.each(['client-attested', 'ssh-signature'] as const)(
    'by rows of the kind %s in its own store',
    async (kind) => {
      const rogue = await makeRogue(sandbox);
      const id = await proposeOn(rogue);
      await approveInStore(rogue, id, kind);
      const listed = await devopsMcp('proposals', 'show', id, '--config', rogue.config);
      expect(listed.out).toContain('State: approved');
      const request = await readRequest(await exportRequest(sandbox, id, rogue.config));
      expect(reasonsOf(await executorOn(sandbox, request, []))).toContain('0 of 2');
      // Nor does its own server take the rows for approvals.
      const reply = await withClient('rollback', rogue.config, {}, (open) =>
        open.call('execute_proposal', { proposalId: id }),
      );
      expect(reply.text).not.toContain('succeeded');
    },
  );
});

async function untied(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^ {2}depend(?:sOn|encyOf):(?: \[[^\]]*\])?\n(?: {4}- .*\n)*/gm, ''));
}

async function ownChangeRequest(rogue: Rogue, id: string): Promise<void> {
  const clone = path.join(rogue.folder, 'changes.git');
  await cp(sandbox.at('gitops', 'production.git'), clone, { recursive: true });
  const known = git(clone, 'show', `main:changes/${sandbox.truth.changeRequest}.md`);
  const blob = execFileSync('git', ['-C', clone, 'hash-object', '-w', '--stdin'], {
    input: `${known}\n`,
    encoding: 'utf8',
  });
  const index = { ...process.env, GIT_INDEX_FILE: path.join(clone, 'forged-index') };
  const run = (...args: readonly string[]) =>
    execFileSync('git', ['-C', clone, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
      env: index,
      encoding: 'utf8',
    }).trim();
  run('read-tree', 'main');
  run('update-index', '--add', '--cacheinfo', `100644,${blob.trim()},changes/${id}.md`);
  const commit = run('commit-tree', run('write-tree'), '-p', 'main', '-m', 'Approve it');
  run('update-ref', 'refs/heads/main', commit);
  await rogue.tamper('devops-mcp.yaml', (text) =>
    text.replace(/(changes: \{ use: gitops, path: )[^ ]*production\.git/, '$1./changes.git'),
  );
}

async function approveInStore(rogue: Rogue, id: string, kind: 'client-attested' | 'ssh-signature') {
  const directory = path.join(rogue.folder, 'state');
  const store = await openSqliteStore({ directory, clock: () => new Date() });
  const at = new Date().toISOString();
  const record = await store.proposals.get(id);
  if (record === undefined) throw new Error(`no proposal ${id}`);
  for (const approver of ['user:default/approver-one', 'user:default/approver-two'])
    await store.approvals.add({
      ...{ proposalId: id, bindingDigest: record.bindingDigest, decision: 'approve', approver, kind },
      ...{ evidence: {}, at, expiresAt: record.binding.expiresAt },
    });
  await store.proposals.transition(id, ['proposed', 'awaiting_approval'], 'approved', at);
  await store.close();
}

function git(repository: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim();
}
