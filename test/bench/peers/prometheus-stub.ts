import type { KubeObject } from '@devops-mcp/testing/kubernetes';

/**
 * What Prometheus with kube-state-metrics would answer of the same cluster, in the form of its HTTP API; for a server
 * that knows Kubernetes through metrics alone.
 */
export function prometheusAnswer(url: URL, objects: readonly KubeObject[]): object {
  if (!url.pathname.endsWith('/query')) return { status: 'success', data: [] };
  const query = url.searchParams.get('query') ?? '';
  const value = [Math.floor(Date.now() / 1_000), '1'];
  const pods = objects.filter(({ kind }) => kind === 'Pod').filter((pod) => !isReady(pod));
  const wanted = /pod=~"([^"]+)-\.\+"/.exec(query)?.[1];
  const result = pods
    .filter(({ metadata }) => wanted === undefined || metadata.name?.startsWith(`${wanted}-`))
    .map(({ metadata }) => ({ metric: metricOf(metadata), value }));
  return { status: 'success', data: { resultType: 'vector', result } };
}

function metricOf({ name, namespace, uid }: KubeObject['metadata']): object {
  return {
    ...{ __name__: 'kube_pod_status_ready', condition: 'false', namespace, pod: name, uid },
    ...{
      container: 'kube-state-metrics',
      endpoint: 'http',
      instance: '10.244.0.9:8080',
      job: 'kube-state-metrics',
    },
  };
}

function isReady({ status }: KubeObject): boolean {
  return JSON.stringify(status).includes('{"type":"Ready","status":"True"');
}
