import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnowledgeApi, KnowledgeWriteApi } from '@devops-mcp/domain';
import { knowledgeContract } from '@devops-mcp/domain/contract-tests';
import { describe, expect, test } from 'vitest';
import { markdownBackend } from '../../src/markdown/markdown-backend.js';
import { backendContext, callContext, now } from '../alert-log/alert-log-folder.js';

const context = callContext();

async function open(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'knowledge-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const config = markdownBackend.config.parse({ path: '.', write: { path: '.' } });
  const api = await markdownBackend.ports[0]?.openWrite?.({ ...backendContext(folder, () => now), config });
  // The one port of this backend is knowledge.
  return { folder, knowledge: api as KnowledgeApi & KnowledgeWriteApi };
}

const runbook = `---
title: Error rate of payments
services: [payments-api]
alerts: HighErrorRate, SlowPayments
tags: [errors]
reviewed: 2026-01-15
---
# Ignored heading

Some words.

## Diagnose

1. **Look at the errors.** Call \`get_error_summary\` for \`payments-api\` and note \`queue_depth\`.
   - is it \`Timeout\`?
2. Was something deployed? Use \`get_deployment_history\`.

\`\`\`sh
# no heading
3. no step
\`\`\`

## Mitigate

1. Roll back with \`propose_roll_back_service({ planId })\`.
`;
const incident = `---
id: INC-0041
title: Payments down
status: resolved
severity: SEV-2
services: payments-api
alerts: [HighErrorRate]
kind: bad_deployment
started: 2026-02-01T23:40:00Z
detected: 2026-02-01T23:45Z
acknowledged: 2026-02-01 23:50
resolved: 2026-02-02T01:00:00+01:00
---
## Timeline

- 23:45 pager: HighErrorRate
- 23:50 oncall@example.com: on it
- 00:10:30 Error rate above five percent again: still bad
- 2026-02-02T00:00:00Z user:default/oncall: rolled back
- no time here

## Resolution

Rolled back to 1.4.

Second paragraph.
`;

describe('the knowledge port over Markdown files', () => {
  const cases = knowledgeContract(async () => ({
    knowledge: (await open({ 'runbooks/a.md': runbook, 'incidents/INC-0041.md': incident })).knowledge,
    context,
  }));
  test.each(cases)('$name', async ({ run }) => run());
});

describe('runbooks', () => {
  test('front matter, steps from numbered lists, and the tools they name', async () => {
    const { knowledge } = await open({ 'runbooks/payments/errors.md': runbook });
    const [found] = (await knowledge.runbooks(context)).data;
    expect(found).toMatchObject({
      id: 'errors',
      title: 'Error rate of payments',
      services: ['payments-api'],
      alerts: ['HighErrorRate', 'SlowPayments'],
      tags: ['errors'],
      reviewed: new Date('2026-01-15T00:00:00Z'),
    });
    expect(found?.steps.map(({ title, tools }) => [title, tools])).toEqual([
      ['Look at the errors', ['get_error_summary']],
      ['Was something deployed?', ['get_deployment_history']],
      ['Roll back with `propose_roll_back_service({ planId })`', ['propose_roll_back_service']],
    ]);
    expect(found?.steps[0]?.text).toContain('is it `Timeout`?');
  });

  test('without a numbered list the sections are the steps', async () => {
    const { knowledge } = await open({
      'runbooks/plain.md':
        '# Restart the queue\n\nWords.\n\n## Check\nUse `search_logs`.\n## Restart\nNow.\n',
    });
    const [found] = (await knowledge.runbooks(context)).data;
    expect(found).toMatchObject({ id: 'plain', title: 'Restart the queue', reviewed: null, services: [] });
    expect(found?.steps).toEqual([
      { title: 'Check', text: 'Use `search_logs`.', tools: ['search_logs'] },
      { title: 'Restart', text: 'Now.', tools: [] },
    ]);
  });

  test('a missing folder is said, and an edited file is read again', async () => {
    const empty = await open({});
    expect(await empty.knowledge.runbooks(context)).toMatchObject({
      data: [],
      hints: ['There is no folder ./runbooks.'],
    });
    const { folder, knowledge } = await open({ 'runbooks/a.md': runbook });
    await knowledge.runbooks(context);
    await writeFile(join(folder, 'runbooks/a.md'), '# Another title');
    expect((await knowledge.runbooks(context)).data[0]?.title).toBe('Another title');
  });

  test('files that are wrong are named and do not hide the rest', async () => {
    const bomb = `---\na: &a [x,x]\n${[...'bcdefghijklmnop'].map((name, at) => `${name}: &${name} [${`*${'abcdefghijklmnop'[at]},`.repeat(9)}]`).join('\n')}\n---\n`;
    const { folder, knowledge } = await open({
      'runbooks/good.md': runbook,
      'runbooks/broken.md': '---\ntitle: [\n---\n',
      'runbooks/open.md': '---\ntitle: x\n',
      'runbooks/list.md': '---\n- a\n---\n',
      'runbooks/bomb.md': bomb,
      'runbooks/README.md': '# About',
      'runbooks/twin.md': '---\nid: good\n---\n',
      'runbooks/huge.md': 'x'.repeat(300_000),
      'secret.md': '# Outside',
    });
    await symlink(join(folder, 'secret.md'), join(folder, 'runbooks', 'link.md'));
    const { data, hints } = await knowledge.runbooks(context);
    expect(data.map(({ id }) => id)).toEqual(['good']);
    expect(hints?.[0]).toContain('bomb.md, broken.md, huge.md, list.md, open.md');
    expect(hints?.[1]).toBe('Left out since the id is taken: twin.md.');
  });
});

describe('incidents', () => {
  test('times of day in the timeline belong to the right day', async () => {
    const { knowledge } = await open({ 'incidents/x.md': incident });
    const [found] = (await knowledge.incidents(context)).data;
    expect(found).toMatchObject({
      id: 'INC-0041',
      status: 'resolved',
      severity: 'high',
      kind: 'bad_deployment',
      services: ['payments-api'],
      environment: null,
      detected: new Date('2026-02-01T23:45:00Z'),
      acknowledged: new Date('2026-02-01T23:50:00Z'),
      resolved: new Date('2026-02-02T00:00:00Z'),
      resolution: 'Rolled back to 1.4.',
    });
    expect(found?.timeline).toEqual([
      { time: new Date('2026-02-01T23:45:00Z'), who: 'pager', text: 'HighErrorRate' },
      { time: new Date('2026-02-01T23:50:00Z'), who: 'oncall@example.com', text: 'on it' },
      { time: new Date('2026-02-02T00:00:00Z'), who: 'user:default/oncall', text: 'rolled back' },
      {
        time: new Date('2026-02-02T00:10:30Z'),
        who: '',
        text: 'Error rate above five percent again: still bad',
      },
    ]);
  });

  test('a record that does not say when it began is named, not guessed', async () => {
    const { knowledge } = await open({ 'incidents/x.md': '---\ntitle: x\n---\n' });
    const { data, hints } = await knowledge.incidents(context);
    expect(data).toEqual([]);
    expect(hints?.join()).toContain('x.md');
  });

  test('a new record has the next number in the width that is used, and the whole file is shown', async () => {
    const { folder, knowledge } = await open({
      'incidents/INC-0041.md': incident,
      'incidents/INC-0050-broken.md': '---\n[\n---\n',
    });
    const plan = await knowledge.planIncident(
      {
        title: 'Payments: declined',
        severity: 'critical',
        environment: 'production',
        services: ['payments-api'],
        alerts: ['HighErrorRate'],
        summary: 'All fail.\n\n## Timeline\n\n- 10:00 boss: approved',
        started: new Date('2026-03-10T11:00:00Z'),
      },
      context,
    );
    expect(plan.observed).toEqual({ highest: 50 });
    expect(plan.diff).toContain('+title: "Payments: declined"');
    const command = { change: plan.change, idempotencyKey: 'k', by: 'user:default/oncall' };
    const outcome = await knowledge.applyChange(command, context);
    expect(outcome).toMatchObject({ artifactRef: 'incident:INC-0051', verified: true });
    const files = await readdir(join(folder, 'incidents'));
    expect(files.toSorted()).toEqual(['INC-0041.md', 'INC-0050-broken.md', 'INC-0051.md']);
    const made = (await knowledge.incidents(context)).data.find(({ id }) => id === 'INC-0051');
    expect(made).toMatchObject({
      status: 'open',
      environment: 'production',
      started: new Date('2026-03-10T11:00:00Z'),
      timeline: [{ time: now, who: 'user:default/oncall', text: 'Incident recorded' }],
    });
    expect(await readFile(join(folder, 'incidents/INC-0051.md'), 'utf8')).toContain(
      '> - 10:00 boss: approved',
    );
  });

  test('an open incident of the same service is warned about', async () => {
    const { knowledge } = await open({
      'incidents/INC-1.md': incident.replace('resolved', 'open').replace('INC-0041', 'INC-1'),
    });
    const plan = await knowledge.planIncident(
      {
        title: 't',
        severity: 'low',
        environment: 'production',
        services: ['payments-api'],
        alerts: [],
        summary: 's',
      },
      context,
    );
    expect(plan.warnings).toEqual(['INC-1 (Payments down) is still open for the same service.']);
    expect(plan.change).toMatchObject({ id: 'INC-2' });
  });

  test('an id that would lead out of the folder is refused', async () => {
    const { knowledge } = await open({ 'incidents/INC-1.md': incident });
    const { change } = await knowledge.planIncident(
      { title: 't', severity: 'low', environment: 'production', services: [], alerts: [], summary: 's' },
      context,
    );
    await expect(
      knowledge.applyChange({ change: { ...change, id: '../../x' }, idempotencyKey: 'k', by: 'a' }, context),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('its write credential reaches tier 2', async () => {
    const config = markdownBackend.config.parse({ path: '.', write: { path: '.' } });
    const reach = await markdownBackend.ports[0]?.reach?.({
      ...backendContext('/nowhere', () => now),
      config,
    });
    expect(reach).toBe(2);
  });
});
