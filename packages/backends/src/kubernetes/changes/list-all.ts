import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { KubeClient, KubeObject, ListQuery } from '../connection/kube-client.js';

const most = 2_000;

/** Every object of a list; rejects with `limit_exceeded` above 2,000, since a plan must not rest on a part. */
export async function listAll(
  client: KubeClient,
  path: string,
  query: ListQuery,
  context: CallContext,
): Promise<readonly KubeObject[]> {
  const found: KubeObject[] = [];
  for await (const page of client.pages(path, query, context)) {
    found.push(...page.items);
    if (found.length > most)
      throw new ToolError('limit_exceeded', `There are more than ${most} objects at ${path}.`, {
        hint: 'Change this workload with the tools of the cluster.',
      });
  }
  return found;
}
