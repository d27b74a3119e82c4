import { readFile } from 'node:fs/promises';
import { createSoftwareAuthenticator, createSshSigner, type SshSigner } from '@devops-mcp/governance';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportRequest, proposeRollback } from '../end-to-end/world/change.js';
import { copyOfSandbox, type Sandbox } from '../end-to-end/world/sandbox.js';
import { executorOn, productionHead, reasonsOf } from './executor.js';
import { approverKeys, decisionText, type Request, readRequest, rebound } from './forge.js';

let sandbox: Sandbox;
let request: Request;
let other: Request;
let keys: Awaited<ReturnType<typeof approverKeys>>;
let plain: SshSigner;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
  const fresh = async () => readRequest(await exportRequest(sandbox, await proposeRollback(sandbox)));
  request = await fresh();
  other = await fresh();
  keys = await approverKeys(sandbox);
  plain = createSshSigner(await readFile(sandbox.at('approver', 'plain.key'), 'utf8'));
});
afterAll(() => sandbox.remove());

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const one = () => decisionText(keys.one, request.bindingDigest);
const flagged = (userPresent: boolean, userVerified: boolean) => ({
  sign: (namespace: string, message: string) =>
    keys.two.signWith({ userPresent, userVerified }, namespace, message),
});
const relabelled = (text: string, change: object) => JSON.stringify({ ...JSON.parse(text), ...change });

/** Each brings a first approval that counts, so that the second one decides. */
const attempts: readonly (readonly [string, () => readonly string[], string])[] = [
  ['nobody’s', () => [], '0 of 2'],
  ['one person’s', () => [one()], '1 of 2'],
  ['one person’s, handed in twice', () => [one(), one()], '1 of 2'],
  [
    'by a key made up for it',
    () => [one(), decisionText(createSoftwareAuthenticator(), request.bindingDigest)],
    'not among the allowed signers',
  ],
  ['by a plain key', () => [one(), decisionText(plain, request.bindingDigest)], 'plain key'],
  [
    'without anybody touching the key',
    () => [one(), decisionText(flagged(false, true), request.bindingDigest)],
    'without anybody touching',
  ],
  [
    'without PIN or biometry',
    () => [one(), decisionText(flagged(true, false), request.bindingDigest)],
    'verifying its user',
  ],
  [
    'under the namespace of git commits',
    () => [
      one(),
      decisionText({ sign: (_, message) => keys.two.sign('git', message) }, request.bindingDigest),
    ],
    'namespace',
  ],
  ['of another proposal', () => [one(), decisionText(keys.two, other.bindingDigest)], 'another proposal'],
  [
    'of another proposal, relabelled',
    () => [
      one(),
      relabelled(decisionText(keys.two, other.bindingDigest), { bindingDigest: request.bindingDigest }),
    ],
    'does not verify',
  ],
  [
    'a rejection turned round',
    () => [
      one(),
      relabelled(decisionText(keys.two, request.bindingDigest, { decision: 'reject' }), {
        decision: 'approve',
      }),
    ],
    'does not verify',
  ],
  [
    'dated anew',
    () => [
      one(),
      relabelled(decisionText(keys.two, request.bindingDigest), {
        at: new Date().toISOString().replace('Z', '1Z'),
      }),
    ],
    'does not verify',
  ],
  [
    'from the future',
    () => [one(), decisionText(keys.two, request.bindingDigest, { at: minutesAgo(-10) })],
    'in the future',
  ],
  [
    'from before the proposal',
    () => [one(), decisionText(keys.two, request.bindingDigest, { at: minutesAgo(20) })],
    'older than the proposal',
  ],
  [
    'beside a rejection by one of them',
    () => [
      one(),
      decisionText(keys.two, request.bindingDigest),
      decisionText(keys.two, request.bindingDigest, { decision: 'reject' }),
    ],
    'Rejected by user:default/approver-two',
  ],
  ['a file that is none', () => [one(), '{"approved":true}'], 'not an approval'],
  ['a file without end', () => [one(), `"${'x'.repeat(100_000)}"`], 'not an approval'],
];

it.each(attempts)('the executor takes no approval that is %s', async (_, decisions, said) => {
  const head = productionHead(sandbox);
  const verdict = await executorOn(sandbox, request, decisions());
  expect(verdict.state).toBe('refused');
  expect(reasonsOf(verdict)).toContain(said);
  expect(productionHead(sandbox)).toBe(head);
});

it('the executor takes no approval that has expired', async () => {
  const old = rebound(request, {
    requestedAt: minutesAgo(50).toISOString(),
    expiresAt: minutesAgo(-50).toISOString(),
  });
  const at = minutesAgo(40);
  const decisions = [keys.one, keys.two].map((key) => decisionText(key, old.bindingDigest, { at }));
  const verdict = await executorOn(sandbox, old, decisions);
  expect(reasonsOf(verdict)).toContain('has expired');
});

it('the executor takes no approval for a proposal that has expired or lives too long', async () => {
  for (const [from, to] of [
    [50, 10],
    [10, -5 * 60],
  ] as const) {
    const odd = rebound(request, {
      requestedAt: minutesAgo(from).toISOString(),
      expiresAt: minutesAgo(to).toISOString(),
    });
    const decisions = [keys.one, keys.two].map((key) => decisionText(key, odd.bindingDigest));
    const verdict = await executorOn(sandbox, odd, decisions);
    expect(verdict.refusals).toContainEqual(expect.objectContaining({ check: 'time' }));
  }
});

it('what two enrolled people signed is applied, once', async () => {
  const head = productionHead(sandbox);
  const honest = [one(), decisionText(keys.two, request.bindingDigest)];
  expect((await executorOn(sandbox, request, honest)).state).toBe('succeeded');
  expect(productionHead(sandbox)).not.toBe(head);
  const replayed = await executorOn(sandbox, request, honest);
  expect(reasonsOf(replayed)).toContain('consumed before');
});
