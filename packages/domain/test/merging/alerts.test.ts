import { describe, expect, it } from 'vitest';
import type { Alert, AlertsApi, AlertTransition } from '../../src/index.js';
import { mergeAlerts } from '../../src/merging/alerts.js';
import { answer, at, context, failing, part, window } from './parts.js';

function alert(fingerprint: string, more: Partial<Alert> = {}): Alert {
  return {
    ...{ fingerprint, name: 'HighErrorRate', service: 'checkout', instance: null, severity: 'high' },
    ...{ rawSeverity: null, state: 'firing', since: at(20), resolved: null, value: null, threshold: null },
    ...{ unit: null, summary: 'many errors', labels: { alertname: 'HighErrorRate' }, receivers: [] },
    ...{ runbookUrl: null, silencedBy: [], acknowledgedBy: null, seenIn: [] },
    ...more,
  };
}
const fires = (backend: string, alerts: readonly Alert[], writes = false, more: Partial<AlertsApi> = {}) =>
  part<AlertsApi>(backend, { active: async () => answer(backend, alerts), ...more }, writes);
const plan = (fingerprint: string) => ({ change: { fingerprint }, observed: {}, summary: 's', diff: 'd' });
const planned: Pick<AlertsApi, 'planAcknowledge'> = {
  planAcknowledge: async ({ fingerprint }) => {
    if (!fingerprint.startsWith('am-')) return failing('not_found')();
    return { ...plan(fingerprint), alert: alert(fingerprint) };
  },
};

describe('alerts of several systems', () => {
  it('stand once with all that see them, as bad as the worst and as old as the oldest', async () => {
    const api = mergeAlerts([
      fires('am', [
        alert('am-1', { severity: 'high', receivers: ['slack'], silencedBy: ['s1'], labels: { a: 'b' } }),
      ]),
      fires('cloud', [
        alert('cl-9', { severity: 'critical', since: at(5), value: 0.4, receivers: ['pager'] }),
        alert('cl-8', { name: 'DiskFull', seenIn: ['eu-account'] }),
      ]),
    ]);
    const { data } = await api.active({}, context());
    expect(data).toMatchObject([
      {
        ...{ fingerprint: 'am-1', severity: 'critical', since: at(5), value: 0.4 },
        ...{ receivers: ['pager', 'slack'], silencedBy: [], seenIn: ['am', 'cloud'] },
      },
      { fingerprint: 'cl-8', seenIn: ['eu-account'] },
    ]);
  });

  it('stay apart within one system, and pair with their likes in another', async () => {
    const disk = (fingerprint: string, device: string) =>
      alert(fingerprint, { name: 'DiskFull', labels: { device } });
    const api = mergeAlerts([
      fires('one', [disk('1a', 'sda'), disk('1b', 'sdb')]),
      fires('two', [disk('2b', 'sdb'), disk('2a', 'sda')]),
    ]);
    const { data } = await api.active({}, context());
    expect(data.map(({ fingerprint, labels, seenIn }) => [fingerprint, labels.device, seenIn])).toEqual([
      ['1a', 'sda', ['one', 'two']],
      ['1b', 'sdb', ['one', 'two']],
    ]);
  });

  it('are silenced where every copy is', async () => {
    const silenced = (id: string) => [alert(id, { silencedBy: [`silence of ${id}`] })];
    const { data } = await mergeAlerts([fires('one', silenced('a')), fires('two', silenced('b'))]).active(
      {},
      context(),
    );
    expect(data[0]?.silencedBy).toEqual(['silence of a', 'silence of b']);
  });

  const turn = (fingerprint: string, state: AlertTransition['state'], minutes: number): AlertTransition => ({
    ...{ fingerprint, state, name: 'HighErrorRate', service: 'checkout', severity: 'high', value: null },
    time: at(minutes),
  });

  it('have one history in which each turn stands once', async () => {
    const told = (backend: string, ...transitions: AlertTransition[]) =>
      part<AlertsApi>(backend, { transitions: async () => answer(backend, transitions) });
    const api = mergeAlerts([
      told('one', turn('a', 'firing', 10), turn('a', 'resolved', 30)),
      told('two', turn('x', 'firing', 11), turn('x', 'resolved', 29), turn('x', 'firing', 50)),
    ]);
    const { data } = await api.transitions({ window }, context());
    expect(data.map(({ fingerprint, state, time }) => [fingerprint, state, time])).toEqual([
      ['a', 'firing', at(10)],
      ['a', 'resolved', at(29)],
      ['a', 'firing', at(50)],
    ]);
  });

  it('keep histories of other times apart', async () => {
    const told = (backend: string, ...transitions: AlertTransition[]) =>
      part<AlertsApi>(backend, { transitions: async () => answer(backend, transitions) });
    const api = mergeAlerts([told('one', turn('a', 'firing', 1)), told('two', turn('x', 'firing', 40))]);
    const { data } = await api.transitions({ window }, context());
    expect(data.map(({ fingerprint }) => fingerprint)).toEqual(['a', 'x']);
  });

  it('name the system of each silence, and miss no acknowledgement for a system without any', async () => {
    const silence = {
      id: 's',
      matchers: [],
      startsAt: at(0),
      endsAt: at(60),
      createdBy: 'team',
      comment: '',
    };
    const taken = { fingerprint: 'a', name: 'n', service: null, time: at(3), by: 'team', note: '' };
    const silences = async () => answer('any', [silence]);
    const one = part<AlertsApi>('one', { silences, acknowledgements: async () => answer('one', [taken]) });
    const two = part<AlertsApi>('two', { silences });
    const api = mergeAlerts([one, two]);
    expect((await api.silences({}, context())).data.map(({ system }) => system)).toEqual(['one', 'two']);
    expect(await api.acknowledgements?.({ window }, context())).toMatchObject({ data: [taken] });
    expect(mergeAlerts([two]).acknowledgements).toBeUndefined();
  });

  it('are acknowledged in the system that writes, whose fingerprint is shown', async () => {
    const cloud = fires('cloud', [alert('cl-1'), alert('cl-2', { name: 'DiskFull' })]);
    const api = mergeAlerts([cloud, fires('am', [alert('am-1')], true, planned)]);
    expect((await api.active({}, context())).data.map(({ fingerprint }) => fingerprint)).toEqual([
      'am-1',
      'cl-2',
    ]);
    const acknowledge = (fingerprint: string) => api.planAcknowledge({ fingerprint, note: '' }, context());
    expect((await acknowledge('am-1')).change).toEqual({ fingerprint: 'am-1' });
    expect((await acknowledge('cl-1')).change).toEqual({ fingerprint: 'am-1' });
    await expect(acknowledge('cl-2')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('only am can be written'),
    });
    await expect(acknowledge('nobody-1')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are planned with the first that can where none writes', async () => {
    const cannot = part<AlertsApi>('log', { planSilence: failing('unsupported') });
    const can = part<AlertsApi>('am', { planSilence: async () => ({ ...plan('x'), alerts: [] }) });
    const query = { matchers: [], minutes: 5, comment: '' };
    expect((await mergeAlerts([cannot, can]).planSilence(query, context())).change).toEqual({
      fingerprint: 'x',
    });
    const writer = part<AlertsApi>('log', { planSilence: failing('unsupported') }, true);
    await expect(mergeAlerts([can, writer]).planSilence(query, context())).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});
