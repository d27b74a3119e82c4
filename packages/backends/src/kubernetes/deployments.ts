import { type ServiceMapping, type Source, ToolError, type Truncation } from '@devops-mcp/contract';
import type { DeploymentsApi } from '@devops-mcp/domain';
import { plansOver } from './changes/changes.js';
import type { OpenClient } from './connection/client-once.js';
import type { KubeClient } from './connection/kube-client.js';
import { desiredAt } from './history/desired-now.js';
import { environmentHistory } from './history/environment-history.js';
import { revisionDiff } from './history/revision-diff.js';
import { type History, serviceHistory } from './history/service-history.js';

const mostDeployments = 200;

/** The reading side: what the cluster still keeps of what was rolled out, and plans of changes. */
export function kubernetesDeployments(
  open: OpenClient,
  services: ServiceMapping,
  { helm }: { readonly helm: boolean },
): DeploymentsApi {
  return {
    async history({ service, window, limit }, context) {
      const client = await open();
      const options = { window, helm, limit: Math.min(Math.max(limit, 1), mostDeployments) };
      const found =
        service === undefined
          ? await environmentHistory(client, services, options, context)
          : await serviceHistory(client, services, service, options, context);
      const { deployments, partial } = found;
      const truncation = truncationOf(found);
      return {
        data: deployments,
        source: source(client, `revisions of ${service ?? 'all services'}`),
        ...(truncation ? { truncation } : {}),
        ...(partial.length > 0 ? { partial } : {}),
        hints: [
          'A cluster keeps only the last revisions (revisionHistoryLimit), no scaling and no persons; a client is not who stood behind it.',
        ],
      };
    },
    async diff(query, context) {
      const client = await open();
      const data = await revisionDiff(client, services, query, context);
      return { data, source: source(client, `pod templates ${data.from} and ${data.to}`) };
    },
    async desired(query, context) {
      const client = await open();
      const data = await desiredAt(client, services, query, context);
      return { data, source: source(client, `pod template ${data.revision}`) };
    },
    async migrationsBetween() {
      throw new ToolError('unsupported', 'A cluster holds no migration files.', {
        hint: 'Add the gitops backend beside kubernetes for the deployments port.',
      });
    },
    ...plansOver({ client: open, services }),
  };
}

function truncationOf({ deployments, total }: History): Truncation | undefined {
  const returned = deployments.length;
  if (returned >= total) return undefined;
  const howToGetMore = 'Raise limit, name a service, or ask for an earlier or shorter period.';
  return { returned, total, more: true, howToGetMore };
}

function source(client: KubeClient, query: string): Source {
  return { backend: 'kubernetes', query: `${query} in ${client.cluster}` };
}
