import { ToolError } from '@devops-mcp/contract';
import type { ChangeRequest, ChangesApi, Window } from '@devops-mcp/domain';
import { z } from 'zod';
import { readFrontMatter } from '../front-matter.js';
import { at } from './document.js';
import { headOf, type Repository, readFileAt } from './repository.js';

const name = z.string().min(1).max(200);
const time = z.union([z.string(), z.date()]);
const frontMatter = z.object({
  status: z.enum(['draft', 'submitted', 'approved', 'rejected', 'closed']),
  requester: name,
  approvedBy: name.nullish(),
  services: z.array(name).max(100),
  environments: z.array(name).max(20),
  window: z.union([z.string(), z.object({ start: time, end: time })]).nullish(),
});

/**
 * Change requests as `changes/<id>.md` on the branch that is protected. Rejects with `unavailable`
 * for a file that cannot be read as one: it is no evidence, and saying so beats silence.
 */
export function changeRequests(open: (signal: AbortSignal) => Promise<Repository>): ChangesApi {
  return {
    async find(id) {
      // An id that is no file name names no change; it must never reach a path.
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id) || id.includes('..')) return undefined;
      const signal = AbortSignal.timeout(15_000);
      const repository = await open(signal);
      const path = `changes/${id}.md`;
      const head = await headOf(repository, signal);
      const text = await readFileAt(repository.git, head, path, signal);
      if (text === undefined) return undefined;
      const log = ['log', '-n', '1', '--first-parent', '--no-color', '--format=%H', head, '--', path];
      const revision = (await repository.git.text(log, { signal })).trim();
      return readChangeRequest(id, text, revision);
    },
  };
}

function readChangeRequest(id: string, text: string, revision: string): ChangeRequest {
  const parsed = frontMatter.safeParse(readFrontMatter(text)?.fields);
  if (!parsed.success) throw unreadable(id, parsed.error);
  const { status, requester, approvedBy, services, environments, window } = parsed.data;
  return {
    id,
    status,
    requester,
    approvedBy: approvedBy ?? null,
    services,
    environments,
    window: window == null ? null : readWindow(id, window),
    revision,
  };
}

function readWindow(id: string, window: unknown): Window {
  const [start, end] =
    typeof window === 'string' ? window.split('/') : [at(window, 'start'), at(window, 'end')];
  const result = { start: readTime(start), end: readTime(end) };
  // A window that cannot be read must not become "any time".
  if (!(result.start < result.end)) throw unreadable(id, new Error('window'));
  return result;
}

function readTime(value: unknown): Date {
  if (value instanceof Date) return value;
  const text = typeof value === 'string' ? value.trim() : '';
  const isZoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  return new Date(isZoned ? text.replace(' ', 'T') : Number.NaN);
}

function unreadable(id: string, cause: unknown): ToolError {
  return new ToolError('unavailable', `The change request ${id} cannot be read.`, {
    hint: `changes/${id}.md needs front matter with status, requester, approvedBy, services, environments and a window of zoned times.`,
    cause,
  });
}
