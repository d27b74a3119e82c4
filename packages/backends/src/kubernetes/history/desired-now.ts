import type { CallContext, ServiceMapping } from '@devops-mcp/contract';
import type { DesiredState } from '@devops-mcp/domain';
import { maskValue } from '../../gitops/masking.js';
import type { KubeClient } from '../connection/kube-client.js';
import { containersOf, type PodTemplate } from '../model/pod-template.js';
import { aside } from '../workloads/aside.js';
import { autoscalerOf } from '../workloads/capacity.js';
import { revisionAt } from './main-workload.js';
import { imageOf } from './template-facts.js';

const longestValue = 200;

/** What the workload's object, or one of its earlier templates, says. Replicas are those of now. */
export async function desiredAt(
  client: KubeClient,
  services: ServiceMapping,
  query: { readonly service: string; readonly revision?: string | undefined },
  context: CallContext,
): Promise<DesiredState> {
  const { workload, revision } = await revisionAt(client, services, query, context);
  const { kind, object } = workload;
  const { namespace, name } = object.metadata;
  const beside = aside(context.signal);
  const scaler = await beside.ask(
    'Autoscalers',
    () => autoscalerOf(client, { namespace, kind, name }, context),
    null,
  );
  const template = query.revision === undefined ? object.spec.template : revision.template;
  return {
    service: query.service,
    revision: revision.name,
    image: imageOf(template, query.service),
    replicas: kind === 'DaemonSet' ? null : (object.spec.replicas ?? 1),
    autoscaler: scaler === null ? null : { min: scaler.min, max: scaler.max },
    configuration: literals(template),
    secretReferences: secretsOf(template),
    flags: {},
  };
}

function literals(template: PodTemplate): Readonly<Record<string, string>> {
  const pairs = containersOf(template).flatMap(({ env }) =>
    (env ?? []).flatMap(({ name, value }) =>
      typeof value === 'string' ? [[name, cut(maskValue(name, value))] as const] : [],
    ),
  );
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function secretsOf(template: PodTemplate): readonly string[] {
  const names = containersOf(template).flatMap(({ env, envFrom }) => [
    ...(env ?? []).map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
    ...(envFrom ?? []).map(({ secretRef }) => secretRef?.name),
  ]);
  const volumes = (template.spec?.volumes ?? []).map(({ secret }) => secret?.secretName);
  return [...new Set([...names, ...volumes].filter((name) => typeof name === 'string'))].sort();
}

function cut(value: string): string {
  return value.length <= longestValue ? value : `${value.slice(0, longestValue)}...`;
}
