import type { ActionBinding } from '@devops-mcp/governance';
import { parseRequestFile } from '@devops-mcp/governance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRequest, proposeRollback } from '../end-to-end/world/change.js';
import { copyOfSandbox, type Sandbox } from '../end-to-end/world/sandbox.js';
import { checksOf, executorOn, productionHead, reasonsOf } from './executor.js';
import { approverKeys, decisionText, type Request, readRequest, rebound } from './forge.js';

let sandbox: Sandbox;
let request: Request;
let head: string;
let keys: Awaited<ReturnType<typeof approverKeys>>;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
  request = await readRequest(await exportRequest(sandbox, await proposeRollback(sandbox)));
  keys = await approverKeys(sandbox);
  head = productionHead(sandbox);
});
afterAll(async () => {
  expect(productionHead(sandbox)).toBe(head);
  await sandbox.remove();
});

const signed = ({ bindingDigest }: Request) =>
  [keys.one, keys.two].map((key) => decisionText(key, bindingDigest));

describe('a request edited after the approvers signed it', () => {
  it('is refused for each single value in it', () => {
    expect(() => parseRequestFile(JSON.stringify(request))).not.toThrow();
    const edits = leavesOf(request);
    expect(edits.length).toBeGreaterThan(60);
    for (const path of edits) {
      const edited = JSON.stringify(withEdit(request, path));
      expect(() => parseRequestFile(edited), path.join('.')).toThrow('The request file is refused');
    }
  });

  it.each([
    ['an added key', (one: Request) => ({ ...one, approved: true })],
    ['a missing key', ({ rendering: _, ...one }: Request) => one],
    [
      'a prototype',
      (one: Request) => JSON.parse(JSON.stringify(one).replace('"plan":', '"__proto__":{},"plan":')),
    ],
    ['an attachment that was swapped', (one: Request) => ({ ...one, attachments: swapped(one.attachments) })],
  ])('is refused by the executor with %s', async (_, edit) => {
    const verdict = await executorOn(sandbox, JSON.stringify(edit(request)), signed(request));
    expect(verdict.state).toBe('refused');
  });

  it('is refused by the executor, which says so and no more', async () => {
    const text = JSON.stringify(request).replaceAll('user:default/oncall', 'user:default/head-of-operations');
    const verdict = await executorOn(sandbox, text, signed(request));
    expect(checksOf(verdict)).toEqual(['request']);
  });

  it('is no request at all: nothing, noise, and more than a megabyte', async () => {
    for (const text of ['', 'null', '[]', '{', `"${'x'.repeat(1_100_000)}"`]) {
      expect(checksOf(await executorOn(sandbox, text, []))).toEqual(['request']);
    }
  });
});

/** The worst case: whole in itself, and both approvers signed what the forger showed them. */
const lies: readonly (readonly [string, (one: Request) => Partial<ActionBinding>, string])[] = [
  ['another requester, one of the approvers', requester('user:default/approver-one'), 'approvals'],
  ['an approver as requester, by address', requester('approver-two@example.com'), 'approvals'],
  ['another environment', () => ({ environment: 'staging' }), 'environment'],
  ['a milder class of environment', () => ({ environmentClass: 'staging' }), 'environmentClass'],
  ['a lower tier', () => ({ effectiveTier: 2 }), 'effectiveTier'],
  ['another service', ({ binding }) => ({ target: { ...binding.target, services: ['web'] } }), 'target'],
  ['another policy', () => ({ policyDigest: 'f'.repeat(64) }), 'policyDigest'],
  ['nothing required', () => ({ requirements: [] }), 'requirements'],
  ['looser limits', ({ binding }) => ({ limits: loosened(binding.limits) }), 'limits'],
  ['a smaller blast radius', () => ({ blastRadius: {} }), 'blastRadius'],
  ['another state that was seen', () => ({ observed: { head: 'elsewhere' } }), 'observed'],
  ['an easier way back', () => ({ reversal: { kind: 'reversible', how: 'easily' } }), 'reversal'],
  ['no change request', () => ({ changeRef: null }), 'approved_change_request'],
  ['a change request that nobody made', () => ({ changeRef: 'CHG-9999' }), 'approved_change_request'],
  ['another definition of the tool', () => ({ toolDigest: '0'.repeat(64) }), 'toolDigest'],
  ['another server version', () => ({ serverVersion: '9.9.9' }), 'audience'],
  ['another executor', () => ({ executor: 'other-executor' }), 'audience'],
  ['the server itself as executor', () => ({ executor: 'local' }), 'audience'],
  ['a time in the future', () => ({ requestedAt: new Date(Date.now() + 600_000).toISOString() }), 'time'],
];

describe('a request that lies, with true signatures over the lie', () => {
  it.each(lies)('about %s', async (_, lie, check) => {
    const forged = rebound(request, lie(request));
    const verdict = await executorOn(sandbox, forged, signed(forged));
    expect(verdict.state).toBe('refused');
    expect(checksOf(verdict)).toContain(check);
  });

  it('about the change itself', async () => {
    const [first = []] = leavesOf(request.plan.change);
    // Boundary: one value of a plan's change replaced by one of its own type.
    const change = withEdit(request.plan.change, first) as Request['plan']['change'];
    const plan = { ...request.plan, change };
    const forged = rebound(request, {}, plan);
    expect(checksOf(await executorOn(sandbox, forged, signed(forged)))).toContain('planDigest');
  });

  it('about which server it is for', async () => {
    const verdict = await executorOn(sandbox, request, signed(request), 'deployments');
    expect(reasonsOf(verdict)).toContain('no action of the name');
  });
});

function requester(subject: string): (one: Request) => Partial<ActionBinding> {
  return ({ binding }) => ({ requester: { ...binding.requester, subject } });
}

type Path = readonly (string | number)[];

/** The path of every single value in a document. */
function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

function withEdit(document: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return edited(document);
  // Boundary: the path was read from this very document.
  const holder = document as Record<string | number, unknown>;
  const item = withEdit(holder[key], rest);
  return Array.isArray(document) ? document.with(Number(key), item) : { ...holder, [key]: item };
}

function edited(value: unknown): unknown {
  if (typeof value === 'string') return /^[0-9a-f]+$/.test(value) ? `${value.slice(1)}0` : `${value} `;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : 'no longer null';
}

function loosened(limits: ActionBinding['limits']): ActionBinding['limits'] {
  const text = JSON.stringify(limits);
  const looser = text.replaceAll(/"max":\d+/g, '"max":400');
  return looser === text ? {} : JSON.parse(looser);
}

function swapped(attachments: Request['attachments']): Request['attachments'] {
  return Object.fromEntries(Object.keys(attachments).map((id) => [id, { service: 'web' }]));
}
