import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeCluster, startFakeCluster } from '../../src/kubernetes/index.js';
import { ask, deployment, deployments, pod, pods, strategic } from './api-client.js';

let cluster: FakeCluster;
const web = `${deployments}/web`;
beforeEach(async () => {
  cluster = await startFakeCluster({ objects: [deployment('web')] });
});
afterEach(() => cluster.close());

const patched = (body: unknown, type = strategic, query = '') =>
  ask(cluster, `${web}${query}`, { method: 'PATCH', body, type });

describe('validation', () => {
  it('negative replicas are 422 with the field', async () => {
    expect(await patched({ spec: { replicas: -1 } })).toMatchObject({
      code: 422,
      body: {
        reason: 'Invalid',
        message:
          'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        details: {
          name: 'web',
          group: 'apps',
          kind: 'Deployment',
          causes: [
            {
              reason: 'FieldValueInvalid',
              message: 'Invalid value: -1: must be greater than or equal to 0',
              field: 'spec.replicas',
            },
          ],
        },
      },
    });
  });

  it('the selector cannot be changed', async () => {
    const labels = { app: 'web', more: 'yes' };
    const answer = await patched({
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
    });
    expect(answer).toMatchObject({
      code: 422,
      body: {
        details: {
          causes: [{ field: 'spec.selector', message: expect.stringContaining('field is immutable') }],
        },
      },
    });
  });

  it('a template that the selector does not choose, a missing image and a number that is none are refused', async () => {
    expect(
      (await patched({ spec: { template: { metadata: { labels: { app: 'x' } } } } })).body.message,
    ).toContain('`selector` does not match template `labels`');
    expect(
      (await patched({ spec: { template: { spec: { containers: [{ name: 'new' }] } } } })).body.message,
    ).toContain('containers[0].image: Required value');
    expect(await patched({ spec: { replicas: 'two' } })).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('cannot unmarshal string') },
    });
  });

  it('of a pod only the images can be changed', async () => {
    cluster.put(pod('p'));
    const change = (spec: unknown) =>
      ask(cluster, `${pods}/p`, { method: 'PATCH', type: strategic, body: { spec } });
    expect((await change({ containers: [{ name: 'server', image: 'nginx:2' }] })).code).toBe(200);
    expect(await change({ restartPolicy: 'Never' })).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('pod updates may not change fields other than') },
    });
  });
});
