import { callTool, fakeOnCall } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { getOnCallSchedule } from '../src/tools/get-on-call-schedule.js';
import { catalog, now, shift } from './company.js';

const owner = 'group:default/team-payments';
const shifts = [
  shift('a', '2026-05-03T08:00:00Z', '2026-05-04T08:00:00Z'),
  shift('b', '2026-05-04T08:00:00Z', '2026-05-05T08:00:00Z'),
  shift('b', '2026-05-05T08:00:00Z', '2026-05-06T08:00:00Z'),
  shift('c', '2026-05-06T10:00:00Z', '2026-05-07T08:00:00Z', { override: true }),
  shift('lead', '2026-05-01T08:00:00Z', '2026-06-01T08:00:00Z', { level: 2 }),
];
const gap = { start: new Date('2026-05-06T08:00:00Z'), end: new Date('2026-05-06T10:00:00Z') };

function ask(input: object = {}, rota = shifts, gaps = [gap]) {
  const onCall = fakeOnCall({ timeZone: 'Europe/Berlin', shifts: { [owner]: rota }, gaps });
  return callTool(
    getOnCallSchedule,
    { service: 'payments-api', ...input },
    { onCall, services: catalog },
    { now },
  );
}

describe('get_on_call_schedule', () => {
  it('says who is on call until when, who is next, escalation, overrides and gaps', async () => {
    const { answer, text } = await ask();
    const { data } = answer;
    expect(data.owner).toBe(owner);
    expect(data.now.map(({ level, who, end }) => [level, who, end])).toEqual([
      [1, 'b@example.com', '2026-05-06T08:00:00.000Z'],
      [2, 'lead@example.com', '2026-06-01T08:00:00.000Z'],
    ]);
    expect(data.next.map(({ who }) => who)).toEqual(['c@example.com']);
    expect(data.overrides.map(({ who }) => who)).toEqual(['c@example.com']);
    expect(data.gaps).toHaveLength(1);
    expect(text).toContain('level 1  b@example.com  Mon 04 May 10:00 CEST to Wed 06 May 10:00 CEST');
    expect(text).toContain('(override)');
  });

  it('says that nobody is on call, who comes next, and asks at another moment', async () => {
    const { answer, text } = await ask({ at: '2026-05-06T09:00:00Z' }, shifts.slice(0, 4));
    expect(answer.data.now).toEqual([]);
    expect(answer.data.next[0]?.who).toBe('c@example.com');
    expect(answer.hints).toEqual(['Nobody is on call at this moment.']);
    expect(text).toContain('NOBODY');
  });

  it('looks beyond the days asked for to find who is next, and not for gaps', async () => {
    const { answer, text } = await ask({ days: 1 });
    expect(answer.data.next.map(({ who }) => who)).toEqual(['c@example.com']);
    expect(answer.data.gaps).toEqual([]);
    expect(answer.data.overrides).toEqual([]);
    expect(text).toContain('No gaps until Tue 05 May 14:00 CEST.');
  });

  it('unknown service, service without owner, and owner without schedule are three answers', async () => {
    await expect(ask({ service: 'nope' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(ask({ service: 'orphan' })).rejects.toMatchObject({
      message: 'orphan has no owner in the catalog.',
    });
    await expect(ask({ service: 'web' })).rejects.toThrow('No schedule is configured');
  });
});
