import type { ServiceMapping, Truncation } from '@devops-mcp/contract';
import type { WorkloadsApi } from '@devops-mcp/domain';
import type { OpenClient } from '../connection/client-once.js';
import { namesOfServices } from '../services/find-workloads.js';
import { rememberingWorkloads } from '../services/remembered-workloads.js';
import { environmentStatus } from './environment-status.js';
import { serviceStatus } from './service-status.js';

const defaultLimit = 50;
const mostRows = 200;

/** Running workloads of one cluster. */
export function kubernetesWorkloads(open: OpenClient, services: ServiceMapping): WorkloadsApi {
  const find = rememberingWorkloads(services);
  return {
    async status({ service, limit = defaultLimit }, context) {
      const client = await open();
      const most = Math.min(Math.max(limit, 1), mostRows);
      const source = {
        backend: 'kubernetes',
        query: `${service === undefined ? 'pods and workloads' : `workloads of ${service}`} in ${client.cluster}`,
      };
      if (service !== undefined) {
        const { rows, partial } = await serviceStatus(client, find, service, context);
        const cut = rows.length > most ? { truncation: cutAt(most, rows.length) } : {};
        return { data: rows.slice(0, most), source, ...cut, ...(partial.length > 0 ? { partial } : {}) };
      }
      const seen = await environmentStatus(client, services, context);
      const { rows, workloads, ill, pods, illPods } = seen;
      const data = rows.slice(0, most);
      const reasons = seen.reasons.slice(0, 6).map(([reason, count]) => `${count} ${reason}`);
      const why = reasons.length === 0 ? '' : `: ${reasons.join(', ')}`;
      const hints = [
        ...(pods === 0
          ? ['No pods run here: check the context and namespaces of the Kubernetes backend.']
          : []),
        ...(illPods > 0 ? [`${illPods} of ${pods} pods are not well${why}.`] : []),
      ];
      return {
        data,
        source,
        ...(hints.length > 0 ? { hints } : {}),
        ...(data.length < workloads
          ? { truncation: { ...cutAt(data.length, workloads), more: data.length < ill } }
          : {}),
      };
    },
    async services({ limit }, context) {
      const client = await open();
      const names = await namesOfServices(client, services, context);
      const data = names.slice(0, Math.max(limit, 1));
      return {
        data,
        source: { backend: 'kubernetes', query: `workloads in ${client.cluster}` },
        ...(data.length < names.length ? { truncation: cutAt(data.length, names.length) } : {}),
      };
    },
  };
}

function cutAt(returned: number, total: number): Truncation {
  return { returned, total, more: true, howToGetMore: 'Name a service; those in trouble come first.' };
}
