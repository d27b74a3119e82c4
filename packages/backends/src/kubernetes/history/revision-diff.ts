import { type CallContext, type ServiceMapping, ToolError } from '@devops-mcp/contract';
import type { RevisionDiff } from '@devops-mcp/domain';
import { stringify } from 'yaml';
import { unifiedDiff } from '../../gitops/line-diff.js';
import { maskText } from '../../gitops/masking.js';
import type { KubeClient } from '../connection/kube-client.js';
import { isFields } from '../connection/read-answer.js';
import type { FoundWorkload } from '../services/find-workloads.js';
import { revisionAt } from './main-workload.js';
import { maskArguments, templateDiff } from './template-facts.js';

const longestPatch = 20_000;
const longestLine = 400;

/** The lines of the pod template that differ between two revisions, secrets masked. */
export async function revisionDiff(
  client: KubeClient,
  services: ServiceMapping,
  { service, from, to }: { readonly service: string; readonly from: string; readonly to: string },
  context: CallContext,
): Promise<RevisionDiff> {
  const [older, newer] = await Promise.all([
    revisionAt(client, services, { service, revision: from }, context),
    revisionAt(client, services, { service, revision: to }, context),
  ]);
  if (older.revision.name === newer.revision.name)
    throw new ToolError('invalid_input', 'Both revisions are the same.', {
      hint: 'Give two different revisions of get_deployment_history.',
    });
  const [before, after] = await Promise.all([
    shownTemplate(client, older.workload, older.revision.name, context),
    shownTemplate(client, newer.workload, newer.revision.name, context),
  ]);
  const { kind, object } = newer.workload;
  const patch = cutPatch(unifiedDiff(before.shown, after.shown));
  const hidden = before.shown === after.shown ? before.raw !== after.raw : hidesChanges(before, after);
  return {
    from: older.revision.name,
    to: newer.revision.name,
    summary: templateDiff(service, older.revision.template, newer.revision.template),
    files: [
      {
        path: `${kind}/${object.metadata.namespace}/${object.metadata.name}.yaml`,
        status: 'modified',
        patch: `${patch}${hidden ? '(values that are masked differ too)\n' : ''}`,
      },
    ],
  };
}

interface Shown {
  readonly raw: string;
  readonly shown: string;
}

/** The whole pod template as YAML, since a difference may lie in a field that nothing else reads. */
async function shownTemplate(
  client: KubeClient,
  { kind, object }: FoundWorkload,
  revision: string,
  context: CallContext,
): Promise<Shown> {
  const plural = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
  const path = `/apis/apps/v1/namespaces/${object.metadata.namespace}/${plural}/${revision}`;
  const found: unknown = await client.get(path, context);
  const holder = kind === 'Deployment' ? found : fieldOf(found, 'data');
  const template = fieldOf(fieldOf(holder, 'spec'), 'template');
  if (!isFields(template))
    throw new ToolError('conflict', `The revision ${revision} has gone meanwhile.`, {
      hint: 'Ask get_deployment_history for those that are kept.',
    });
  const options = { sortMapEntries: true, lineWidth: 0 } as const;
  return {
    raw: stringify(cleaned(template), options),
    shown: maskText('template.yaml', stringify(maskedTemplate(template), options)),
  };
}

/** More lines differ than those that differ when masked. */
function hidesChanges(before: Shown, after: Shown): boolean {
  const lines = (a: string, b: string) => unifiedDiff(a, b, 0).match(/^[+-]/gm)?.length ?? 0;
  return lines(before.raw, after.raw) > lines(before.shown, after.shown);
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => cleaned(one));
  return isFields(value)
    ? Object.fromEntries(keptEntries(value).map(([name, inner]) => [name, cleaned(inner)]))
    : value;
}

/** Without what the controller adds and what is not set. */
function keptEntries(value: Readonly<Record<string, unknown>>) {
  return Object.entries(value).filter(
    ([name, inner]) => inner !== null && name !== '$patch' && name !== 'pod-template-hash',
  );
}

/** Arguments are masked here, since a flag and its value are two entries of a list. */
function maskedTemplate(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    if (key !== 'args' && key !== 'command') return value.map((one) => maskedTemplate(one));
    return maskArguments(value.map(String));
  }
  if (!isFields(value)) return value;
  return Object.fromEntries(keptEntries(value).map(([name, inner]) => [name, maskedTemplate(inner, name)]));
}

function fieldOf(value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : undefined;
}

function cutPatch(patch: string): string {
  const lines = patch
    .split('\n')
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}...` : line))
    .join('\n');
  if (lines.length <= longestPatch) return lines;
  const kept = lines.slice(0, lines.lastIndexOf('\n', longestPatch) + 1);
  return `${kept}(patch cut after ${longestPatch} characters)\n`;
}
