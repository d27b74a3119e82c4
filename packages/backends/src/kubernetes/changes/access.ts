import type { CallContext } from '@devops-mcp/contract';
import { z } from 'zod';
import type { KubeClient } from '../connection/kube-client.js';

export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Null: in all namespaces, or for what lies in none. */
  readonly namespace: string | null;
}

export type Access = 'yes' | 'no' | 'unknown';

const answerSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

/** Asks the API server what the client's credential may do, by a SelfSubjectAccessReview. */
export async function mayI(
  client: KubeClient,
  question: AccessQuestion,
  context: CallContext,
): Promise<Access> {
  const { namespace, ...attributes } = question;
  const body = {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' },
    spec: { resourceAttributes: { ...attributes, ...(namespace === null ? {} : { namespace }) } },
  };
  try {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const answer = answerSchema.safeParse(await client.review(path, body, context));
    if (!answer.success) return 'unknown';
    return answer.data.status.allowed ? 'yes' : 'no';
  } catch {
    context.signal.throwIfAborted();
    return 'unknown';
  }
}
