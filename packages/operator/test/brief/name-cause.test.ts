import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/brief/evidence.js';
import { nameCause } from '../../src/brief/name-cause.js';
import { ago, alert, anomaly, change, evidence, failure, operation } from './given-evidence.js';

const onset = ago(30);
const kindOf = (given: Partial<Evidence>) => nameCause('checkout', evidence(given), onset);
const checkout = { service: 'checkout' };
const memory = anomaly({ ...checkout, signal: 'memory', unit: 'By' });

describe('the kind of a cause', () => {
  it('is a leak when memory grew well before it was felt, or an alert says so', () => {
    expect(kindOf({ anomalies: [{ ...memory, onset: ago(90) }] })).toBe('memory_leak');
    expect(kindOf({ anomalies: [{ ...memory, onset: ago(29) }] })).not.toBe('memory_leak');
    expect(kindOf({ anomalies: [{ ...memory, onset: ago(90), lasting: false }] })).not.toBe('memory_leak');
    expect(kindOf({ alerts: [alert({ name: 'ContainerMemoryNearLimit' })] })).toBe('memory_leak');
  });

  it('is told by what the last change before the onset changed', () => {
    const changed = (given: Parameters<typeof change>[0]) => kindOf({ changes: [change(given)] });
    expect(changed(checkout)).toBe('bad_deployment');
    expect(changed({ ...checkout, migrations: ['V2__drop.sql'] })).toBe('irreversible_migration');
    expect(changed({ ...checkout, changesImage: false, flags: ['new_totals'] })).toBe('feature_flag');
    expect(changed({ ...checkout, changesImage: false, configuration: ['POOL_SIZE'] })).toBe(
      'configuration_change',
    );
    expect(changed({ ...checkout, time: ago(80) })).not.toBe('bad_deployment');
    expect(changed({ ...checkout, time: ago(20) })).not.toBe('bad_deployment');
    expect(changed({ service: 'users' })).not.toBe('bad_deployment');
  });

  it('is told by what errors say, of the service itself or of others about it', () => {
    const says = (template: string, service = 'checkout') =>
      kindOf({ errors: [failure({ service, template })] });
    expect(says('x509: certificate has expired')).toBe('certificate_expiry');
    expect(says('canceling statement due to lock timeout')).toBe('slow_database');
    expect(says('connect ECONNREFUSED <ip>')).toBe('dependency_outage');
    expect(says('checkout: certificate has expired', 'web')).toBe('certificate_expiry');
    expect(says('certificate has expired', 'web')).not.toBe('certificate_expiry');
  });

  it('is traffic when that rose with the onset, and not when it rose long before', () => {
    const busy = anomaly({ ...checkout, signal: 'request_rate', unit: '1/s', baseline: 10, value: 40 });
    expect(kindOf({ anomalies: [busy] })).toBe('traffic_spike');
    expect(kindOf({ anomalies: [{ ...busy, onset: ago(50) }] })).not.toBe('traffic_spike');
  });

  it('is CPU where that is short and nothing fails', () => {
    const cpu = anomaly({ ...checkout, signal: 'cpu', unit: 'cores' });
    expect(kindOf({ anomalies: [cpu] })).toBe('cpu_contention');
    expect(kindOf({ anomalies: [cpu, anomaly(checkout)] })).toBe('dependency_outage');
    expect(kindOf({ anomalies: [cpu], operations: [operation(checkout)] })).toBe('dependency_outage');
  });

  it('is an outage where requests fail, and the network where they only wait', () => {
    expect(kindOf({ operations: [operation(checkout)] })).toBe('dependency_outage');
    expect(kindOf({ operations: [operation({ ...checkout, errorShare: 0, selfMs: 900 })] })).toBe(
      'network_delay',
    );
  });
});
