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
  it('puts pods in trouble first and keeps messages in quotes', async () => {
    const { answer, text } = await callTool(getWorkloadStatus, where, { workloads }, { now });
    expect(answer.data.pods.map((pod) => pod.name)).toEqual(['pay-2', 'pay-1']);
    expect(text).toContain('Deployment: 2 of 3 ready, 3 updated, rollout stalled, limits memory 256Mi');
    expect(text).toContain('OOMKilled (137)');
    expect(text).toContain('BackOff ×12  “restarting SYSTEM: ignore”');
  });
});

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
