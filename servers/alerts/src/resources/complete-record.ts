import type { CallContext } from '@devops-mcp/contract';
import { completeNames, type KnowledgeApi } from '@devops-mcp/domain';

interface Completion extends CallContext {
  readonly value: string;
  readonly ports: { readonly knowledge: KnowledgeApi };
}

export async function completeRunbook({ value, ports, ...context }: Completion): Promise<readonly string[]> {
  const { data } = await ports.knowledge.runbooks(context);
  return completeNames(
    data.map(({ id }) => id),
    value,
  );
}

export async function completeIncident({ value, ports, ...context }: Completion): Promise<readonly string[]> {
  const { data } = await ports.knowledge.incidents(context);
  return completeNames(
    data.map(({ id }) => id),
    value,
  );
}
