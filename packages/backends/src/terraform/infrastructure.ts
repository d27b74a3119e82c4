import { basename } from 'node:path';
import { type BackendContext, type PartialFailure, ToolError } from '@devops-mcp/contract';
import type { InfrastructureApi, InfrastructureState } from '@devops-mcp/domain';
import { belongsTo } from './belongs-to.js';
import { type FoundPlan, readPlanFile } from './plan-file.js';
import { readJsonFile, UnusableFile } from './read-json-file.js';
import { type FoundState, readStateFile } from './state-file.js';
import type { TerraformConfig } from './terraform-config.js';

interface FoundFile extends Partial<Pick<FoundPlan, 'planned' | 'drift'>> {
  readonly file: string;
  readonly terraformVersion: string | null;
  readonly serial: number | null;
  readonly resources: FoundState['resources'];
}

/** Reads every configured file anew; one that cannot be read is a partial failure, all of them an error. */
export function infrastructureFrom(context: BackendContext<TerraformConfig>): InfrastructureApi {
  const { files } = context.config;
  return {
    async state({ service }, { signal }) {
      const found: FoundFile[] = [];
      const partial: PartialFailure[] = [];
      const causes: unknown[] = [];
      // One after the other: state files are large, and only one needs to be held whole at a time.
      for (const file of files) {
        try {
          signal.throwIfAborted();
          found.push(await readFile(file, context.resolvePath(file), signal));
        } catch (error) {
          if (!(error instanceof UnusableFile)) throw stopped(error);
          partial.push({ backend: 'terraform', reason: `${basename(file)}: ${error.message}` });
          causes.push(error.cause ?? error);
        }
      }
      if (found.length === 0) throw nothingReadable(partial, causes);
      const matches = service === undefined ? undefined : belongsTo(service, context.services);
      const data = withDrift(found).map((one) => narrowed(one, matches));
      const empty = data.every((one) => one.resources.length + one.planned.length + one.drift.length === 0);
      const hints =
        service !== undefined && empty
          ? [
              `No resource names ${service} in its address, name or tags; set terraform.addresses in its service file.`,
            ]
          : [];
      return {
        data,
        source: { backend: 'terraform', query: `read ${files.map((file) => basename(file)).join(', ')}` },
        ...(partial.length > 0 ? { partial } : {}),
        ...(hints.length > 0 ? { hints } : {}),
      };
    },
  };
}

async function readFile(file: string, path: string, signal: AbortSignal): Promise<FoundFile> {
  const json = await readJsonFile(path, signal);
  const keys = typeof json === 'object' && json !== null ? json : {};
  if ('encrypted_data' in keys || 'encryption' in keys)
    throw new UnusableFile('the file is encrypted; export it with `tofu show -json`');
  if ('format_version' in keys && ('resource_changes' in keys || 'planned_values' in keys))
    return { file, serial: null, ...readPlanFile(json) };
  if ('version' in keys && 'lineage' in keys) {
    if (keys.version !== 4)
      throw new UnusableFile(`state of version ${String(keys.version).slice(0, 10)} is not read; 4 is`);
    return { file, ...readStateFile(json) };
  }
  throw new UnusableFile('this is neither a Terraform state nor a plan');
}

/** What a plan found changed outside Terraform is drifted in the state files too. */
function withDrift(found: readonly FoundFile[]): readonly FoundFile[] {
  const drifted = new Set(found.flatMap((one) => (one.drift ?? []).map(({ change }) => change.address)));
  return found.map((one) => ({
    ...one,
    resources: one.resources.map((item) =>
      item.resource.status === 'present' && drifted.has(item.resource.address)
        ? { ...item, resource: { ...item.resource, status: 'drifted' as const } }
        : item,
    ),
  }));
}

type Matches = (address: string, labels: readonly string[]) => boolean;

function narrowed(found: FoundFile, matches: Matches | undefined): InfrastructureState {
  const keep = (address: string, labels: readonly string[]) => matches?.(address, labels) ?? true;
  const changes = (list: FoundPlan['planned'] | undefined) =>
    (list ?? []).filter(({ change, labels }) => keep(change.address, labels)).map(({ change }) => change);
  return {
    file: basename(found.file),
    terraformVersion: found.terraformVersion,
    serial: found.serial,
    resources: found.resources
      .filter(({ resource, labels }) => keep(resource.address, labels))
      .map(({ resource }) => resource),
    drift: changes(found.drift),
    planned: changes(found.planned),
  };
}

function nothingReadable(partial: readonly PartialFailure[], causes: readonly unknown[]): ToolError {
  return new ToolError('unavailable', 'No Terraform file could be read.', {
    hint: partial
      .map((one) => one.reason)
      .join('; ')
      .slice(0, 500),
    cause: causes[0],
  });
}

function stopped(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'AbortError') return error;
  return new ToolError('timeout', 'Reading Terraform files was stopped before its end.', { cause: error });
}
