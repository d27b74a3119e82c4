import { type CallContext, ToolError } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import {
  askDeployments,
  completeNames,
  countChangedFiles,
  countDependents,
  cutLines,
  type DeploymentsApi,
  knownFields,
  mostPods,
  requireService,
  type ServicesApi,
} from '../../src/index.js';

const context: CallContext = { signal: new AbortController().signal, progress: () => {}, now: new Date(0) };

/** Services by name, with what each depends on. */
function catalogOf(dependsOn: Readonly<Record<string, readonly string[]>>): ServicesApi {
  const list = Object.entries(dependsOn).map(([name, needs]) => ({
    ...{ name, owner: null, system: null, tier: null, description: null },
    ...{ dependsOn: needs, resources: [], annotations: {}, links: [], signals: {} },
  }));
  return {
    list: () => list,
    get: (name) => list.find((entry) => entry.name === name),
    closest: () => [],
    dependents: (name) => list.filter((one) => one.dependsOn.includes(name)).map((one) => one.name),
    limits: () => undefined,
  };
}

describe('requireService', () => {
  it('refuses a name that nobody knows, with the closest ones', async () => {
    const catalog = catalogOf({ 'payments-api': [] });
    await expect(requireService({ service: 'payment-api', catalog })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean payments-api?',
      details: { known: ['payments-api'] },
    });
    const telemetry = async () => ['sidecar'];
    expect(await requireService({ service: 'sidecar', catalog, telemetry })).toEqual({ inCatalog: false });
  });

  it('cannot refuse a name when there is nothing to check it against', async () => {
    const empty = catalogOf({});
    expect(await requireService({ service: 'anything', catalog: empty })).toEqual({ inCatalog: false });
    const telemetry = async () => [];
    await expect(requireService({ service: 'anything', catalog: empty, telemetry })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('askDeployments', () => {
  const services = catalogOf({ 'payments-api': [] });
  const missing = new ToolError('not_found', 'The repository has no such service.');
  // Only the history is asked; the other questions of the port never come up.
  const deployments = {
    history: async () => ({ data: [{ service: 'ledger' }] }),
  } as unknown as DeploymentsApi;
  const ask = (service: string, error: unknown) =>
    askDeployments(service, { deployments, services }, context, () => Promise.reject(error));

  it('tells an unknown service from an unknown revision of a known one', async () => {
    await expect(ask('payment-api', missing)).rejects.toMatchObject({ hint: 'Did you mean payments-api?' });
    await expect(ask('payments-api', missing)).rejects.toBe(missing);
    await expect(ask('ledger', missing)).rejects.toBe(missing);
  });

  it('leaves a backend that is down as it is', async () => {
    const down = new ToolError('unavailable', 'The repository cannot be read.');
    await expect(ask('payment-api', down)).rejects.toBe(down);
  });
});

describe('measures of a change', () => {
  it('counts dependents through the graph, and a circle once', () => {
    const catalog = catalogOf({
      web: ['checkout'],
      checkout: ['pay'],
      pay: ['ledger'],
      ledger: ['checkout'],
    });
    expect(countDependents('ledger', catalog)).toBe(3);
    expect(countDependents('web', catalog)).toBe(0);
  });

  it('counts the files of a diff', () => {
    expect(countChangedFiles('--- a/x\n+++ b/x\n+++plus\n--- a/y\n+++ b/y\n')).toBe(2);
    expect(countChangedFiles('')).toBe(1);
  });

  it('counts as many pods as an autoscaler may run', () => {
    const state = {
      ...{ service: 'pay', revision: 'a', image: null, configuration: {}, secretReferences: [], flags: {} },
    };
    expect(mostPods({ ...state, replicas: 3, autoscaler: { min: 2, max: 9 } })).toBe(9);
    expect(mostPods({ ...state, replicas: null, autoscaler: null })).toBe(1);
  });
});

describe('what is shown', () => {
  it('leaves out what is not known, and keeps zero, false and empty', () => {
    expect(knownFields({ a: null, b: undefined, c: 0, d: false, e: '', f: [] })).toEqual({
      ...{ c: 0, d: false, e: '', f: [] },
    });
  });

  it('cuts between lines and counts the missing ones', () => {
    expect(cutLines('one\ntwo\nthree\n', 9)).toBe('one\ntwo\n(1 more lines)\n');
    expect(cutLines('short', 9)).toBe('short');
  });

  it('completes names that begin with what was typed before those that contain it', () => {
    expect(completeNames(['payments', 'unpaid', 'ledger'], 'PAY')).toEqual(['payments']);
    expect(completeNames(['unpaid', 'paid'], 'pai')).toEqual(['paid', 'unpaid']);
  });
});
