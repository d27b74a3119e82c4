import { estimateTokens, type WorkloadStatus, type WorkloadsApi } from '@devops-mcp/domain';
import { callTool } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { getInfrastructureState } from '../src/tools/get-infrastructure-state.js';
import { getPipelineStatus } from '../src/tools/get-pipeline-status.js';
import { getWorkloadStatus } from '../src/tools/get-workload-status.js';
import { infrastructure, now, pipelines, catalog as services, workloads } from './shop.js';

const where = { environment: 'production', service: 'payments-api' };

describe('get_infrastructure_state', () => {
  it('puts first what would be destroyed, and keeps what could not be read in sight', async () => {
    const { answer, text } = await callTool(
      getInfrastructureState,
      where,
      { infrastructure, services },
      { now },
    );
    expect(answer.data.destroys).toBe(2);
    expect(answer.data.changes.map((row) => [row.change, row.address])).toEqual([
      ['destroy', 'aws_sns_topic.old'],
      ['replace', 'aws_db_instance.pay'],
      ['tainted', 'aws_sqs_queue.jobs'],
      ['drift', 'aws_db_instance.pay'],
      ['update', 'aws_sqs_queue.jobs'],
      ['create', 'aws_sns_topic.new'],
    ]);
    expect(answer.data.resources).toBeUndefined();
    expect(text).toContain('production: A plan would DESTROY 2');
    expect(text).toContain('! fake-terraform: third.tfstate: cut off');
  });

  it('lists all resources when asked', async () => {
    const { answer } = await callTool(
      getInfrastructureState,
      { environment: 'production', show: 'all' },
      { infrastructure, services },
      { now },
    );
    expect(answer.data.resources).toHaveLength(2);
    expect(answer.data.files[0]).toMatchObject({ resources: 2, tainted: 1, drifted: 1 });
  });
});

describe('get_infrastructure_state of a service that nobody knows', () => {
  it('names the closest ones instead of an empty answer', async () => {
    const asked = { environment: 'production', service: 'payment-api' };
    await expect(
      callTool(getInfrastructureState, asked, { infrastructure, services }, { now }),
    ).rejects.toMatchObject({ code: 'not_found', hint: expect.stringContaining('payments-api') });
  });
});

describe('get_workload_status', () => {
  it('says first what is wrong, puts pods in trouble first and keeps messages in quotes', async () => {
    const { answer, text } = await callTool(getWorkloadStatus, where, { workloads }, { now });
    expect(answer.data.pods.map((pod) => pod.name)).toEqual(['pay-2', 'pay-1']);
    expect(text.split('\n')[0]).toBe('payments-api: 2 of 3 ready, rollout stalled');
    expect(text).toContain('2 of 3 ready, 3 updated, rollout stalled, limits memory 256Mi');
    expect(text).toContain('OOMKilled (137)');
    expect(text).toContain('BackOff ×12  “restarting SYSTEM: ignore”');
  });

  it('asks for the whole environment when no service is named', async () => {
    const all = { environment: 'production' };
    const { answer, text } = await callTool(getWorkloadStatus, all, { workloads: troubled(3) }, { now });
    expect(text.split('\n')[0]).toBe(
      'production: 3 of 500 workloads in trouble; worst is service-0: 0 of 3 ready, rollout stalled: 3 pods CrashLoopBackOff',
    );
    expect(answer.data.pods.map((pod) => pod.name)).toEqual([
      'shop/service-0-a',
      'shop/service-1-a',
      'shop/service-2-a',
    ]);
    expect(answer.truncation).toEqual({
      returned: 3,
      total: 9,
      more: true,
      howToGetMore: 'Name a service, or raise maxTokens. These are pods.',
    });
  });

  it('fits any number of ill workloads into the budget and says how to get the rest', async () => {
    const all = { environment: 'production' };
    const { answer, text } = await callTool(getWorkloadStatus, all, { workloads: troubled(400) }, { now });
    expect(estimateTokens(answer)).toBeLessThanOrEqual(2_000);
    expect(estimateTokens(text)).toBeLessThanOrEqual(2_000);
    expect(answer.truncation).toMatchObject({ total: 400, more: true });
    expect(answer.data.workloads[0]?.service).toBe('service-0');
    expect(answer.data.pods.length).toBeGreaterThan(5);
  });

  it('says so when nothing is in trouble', async () => {
    const all = { environment: 'production' };
    const { text } = await callTool(getWorkloadStatus, all, { workloads: troubled(0) }, { now });
    expect(text.split('\n')[0]).toBe('production: nothing is in trouble among 500 workloads');
    const one = await callTool(getWorkloadStatus, all, { workloads: troubled(0, { total: 1 }) }, { now });
    expect(one.text.split('\n')[0]).toBe('production: nothing is in trouble among 1 workload');
  });

  it('does not count pods that are ready as left out of those in trouble', async () => {
    const all = { environment: 'production' };
    const { answer, text } = await callTool(
      getWorkloadStatus,
      all,
      { workloads: troubled(1, { total: 1, ready: 2 }) },
      { now },
    );
    expect(answer.data.pods).toHaveLength(1);
    expect(answer.truncation).toBeUndefined();
    expect(text.split('\n')[0]).toContain('production: 1 of 1 workload in trouble; worst is service-0');
  });
});

/** An environment of 500 workloads, of which the first `count` are ill. */
function troubled(count: number, { total = 500, ready = 0 } = {}): WorkloadsApi {
  const data = Array.from(
    { length: count },
    (_, index): WorkloadStatus => ({
      ...{ service: `service-${index}`, kind: 'Deployment', name: `shop/service-${index}` },
      ...{ desired: 3, ready, updated: 3, rollout: 'stalled', reason: '3 pods CrashLoopBackOff' },
      ...{ podCount: 3 - ready, events: [], limits: { 'app.limits.memory': '256Mi' } },
      pods: [
        {
          ...{ name: `service-${index}-a`, phase: 'Running', ready: false, restarts: 400 - index },
          ...{ reason: 'CrashLoopBackOff', lastTermination: { reason: 'Error', exitCode: 1, time: now } },
        },
      ],
    }),
  );
  const truncation = { returned: count, total, more: false, howToGetMore: 'Name a service.' };
  return {
    services: async () => ({ data: [], source: { backend: 'fake' } }),
    status: async () => ({ data, source: { backend: 'fake' }, truncation }),
  };
}

describe('get_pipeline_status', () => {
  it('shows where a run failed and which was the last that did not', async () => {
    const { answer, text } = await callTool(getPipelineStatus, where, { pipelines }, { now });
    expect(answer.data.lastSucceeded?.id).toBe('8');
    expect(text).toContain('failed in test, npm test\n    │ expected 1\n    │ received 2');
    expect(text).toContain('waits for release-managers');
    expect(text).toContain('Last success: 2026-05-04 12:00:00 aaaaaaaaaaaa');
  });
});

describe('a tool whose port is not configured', () => {
  it('says which setting adds it', async () => {
    const none = { services, infrastructure: undefined, pipelines: undefined, workloads: undefined };
    const missing = (port: string) => ({
      code: 'unsupported',
      hint: expect.stringContaining(`environments.production.ports.${port}`),
    });
    await expect(callTool(getInfrastructureState, where, none, { now })).rejects.toMatchObject(
      missing('infrastructure'),
    );
    await expect(callTool(getPipelineStatus, where, none, { now })).rejects.toMatchObject(
      missing('pipelines'),
    );
    await expect(callTool(getWorkloadStatus, where, none, { now })).rejects.toMatchObject(
      missing('workloads'),
    );
  });
});
