import type { CallContext } from '@devops-mcp/contract';
import type { z } from 'zod';
import type { KubeClient, ListQuery } from '../connection/kube-client.js';
import { notKubernetes } from '../connection/read-answer.js';

/** A list's pages with only the fields that are read; each page may be forgotten before the next is asked for. */
export async function* readPages<S extends z.ZodType>(
  client: KubeClient,
  path: string,
  schema: S,
  query: ListQuery,
  context: CallContext,
): AsyncGenerator<readonly z.output<S>[]> {
  for await (const { items } of client.pages(path, query, context))
    yield items.map((item) => checked(schema, item));
}

export interface Bounded<T> {
  readonly items: readonly T[];
  /** There are more than were read. */
  readonly more: boolean;
}

/** The first `most` objects of a list. */
export async function readSome<S extends z.ZodType>(
  client: KubeClient,
  path: string,
  schema: S,
  query: ListQuery & { readonly most: number },
  context: CallContext,
): Promise<Bounded<z.output<S>>> {
  const { most, ...list } = query;
  const items: z.output<S>[] = [];
  for await (const page of readPages(client, path, schema, list, context)) {
    items.push(...page);
    if (items.length > most) return { items: items.slice(0, most), more: true };
  }
  return { items, more: false };
}

/** Undefined when there is no such object. */
export async function readOne<S extends z.ZodType>(
  client: KubeClient,
  path: string,
  schema: S,
  context: CallContext,
): Promise<z.output<S> | undefined> {
  const found = await client.get(path, context);
  return found === undefined ? undefined : checked(schema, found);
}

function checked<S extends z.ZodType>(schema: S, object: unknown): z.output<S> {
  const parsed = schema.safeParse(object);
  if (!parsed.success) throw notKubernetes('an object that has not the shape of its kind', parsed.error);
  return parsed.data;
}
