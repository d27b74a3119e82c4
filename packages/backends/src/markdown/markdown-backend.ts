import { join } from 'node:path';
import {
  type BackendContext,
  type BackendDefinition,
  type CallContext,
  defineBackend,
  ToolError,
} from '@devops-mcp/contract';
import {
  type Answer,
  type Incident,
  type KnowledgeApi,
  type KnowledgeWriteApi,
  knowledgePort,
} from '@devops-mcp/domain';
import { examinePaths } from '../examine-paths.js';
import { createIncidentFile } from './create-incident-file.js';
import { planIncidentChange } from './incident-change.js';
import { type FolderReader, type LoadedFile, readFolder } from './load-folder.js';
import { type MarkdownConfig, markdownConfig } from './markdown-config.js';
import { readIncident } from './read-incident.js';
import { readRunbook } from './read-runbook.js';

/** Runbooks and incidents as Markdown files with front matter, in `runbooks` and `incidents`. */
export const markdownBackend: BackendDefinition = defineBackend({
  name: 'markdown',
  title: 'Markdown files with front matter',
  config: markdownConfig,
  ports: [
    {
      port: knowledgePort,
      open: async (context) => readSide(context),
      async openWrite(context) {
        const { write } = context.config;
        if (!write) throw new ToolError('denied', 'No folder to write incidents to is configured.');
        const folder = join(context.resolvePath(write.path), 'incidents');
        const api: KnowledgeWriteApi = {
          applyChange: (command) => createIncidentFile(folder, context.clock, command),
        };
        return { ...readSide(context), ...api };
      },
      // Making files in one folder is all that this credential can do.
      reach: async (_context: BackendContext<MarkdownConfig>) => 2,
      examine: examinePaths<MarkdownConfig>(({ path }) => [path]),
    },
  ],
});

function readSide(context: BackendContext<MarkdownConfig>): KnowledgeApi {
  const { config } = context;
  const root = context.resolvePath(config.path);
  const runbooks = readFolder(join(root, 'runbooks'), readRunbook);
  const incidents = readFolder(join(root, 'incidents'), readIncident);
  return {
    runbooks: (call) => answerFrom(runbooks, `${config.path}/runbooks`, call),
    incidents: (call) => answerFrom(incidents, `${config.path}/incidents`, call),
    async planIncident(query, call) {
      const { files, values } = await load(incidents, `${config.path}/incidents`, call);
      const names = [
        ...values.map(({ id }) => id),
        ...files.map(({ file }) => file.split(/[\\/]/).at(-1) ?? ''),
      ];
      const open = values.filter((one: Incident) => one.status !== 'resolved');
      return planIncidentChange(query, names, open);
    },
  };
}

async function answerFrom<T extends { readonly id: string }>(
  reader: FolderReader<T>,
  shown: string,
  call: CallContext,
): Promise<Answer<readonly T[]>> {
  const { values, hints } = await load(reader, shown, call);
  return {
    data: values,
    source: { backend: 'markdown', query: shown },
    ...(hints.length > 0 ? { hints } : {}),
  };
}

async function load<T extends { readonly id: string }>(
  reader: FolderReader<T>,
  shown: string,
  call: CallContext,
): Promise<{
  readonly files: readonly LoadedFile<T>[];
  readonly values: readonly T[];
  readonly hints: readonly string[];
}> {
  const found = await reader.read(call.signal).catch((error: unknown) => {
    call.signal.throwIfAborted();
    throw new ToolError('unavailable', `The folder ${shown} cannot be read.`, { cause: error });
  });
  if (!found) return { files: [], values: [], hints: [`There is no folder ${shown}.`] };
  const byId = new Map<string, T>();
  const unreadable: string[] = [];
  const repeated: string[] = [];
  for (const { file, value } of found.files) {
    if (value === undefined) unreadable.push(file);
    else if (byId.has(value.id)) repeated.push(file);
    else byId.set(value.id, value);
  }
  const hints = [
    ...(unreadable.length > 0
      ? [`Not readable (front matter, size or no \`started\`): ${some(unreadable)}.`]
      : []),
    ...(repeated.length > 0 ? [`Left out since the id is taken: ${some(repeated)}.`] : []),
    ...(found.cut ? ['Only the first 2000 files were read.'] : []),
  ];
  return { files: found.files, values: [...byId.values()], hints };
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
