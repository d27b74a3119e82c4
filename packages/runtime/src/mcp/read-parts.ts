import type { AnyPrompt, AnyResource } from '@devops-mcp/contract';
import type { RoadAnswer } from '@devops-mcp/governance';
import type { Prompt } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { jsonSchemaOf } from '../surface/json-schema-of.js';
import { protocolFailure } from './answers.js';
import type { PartsContext } from './definition-parts.js';
import type { CompletionValues, Incoming, McpPrompt, McpResource } from './mcp-parts.js';
import { metaKeys } from './naming.js';

export function resourcePart(resource: AnyResource, context: PartsContext): McpResource {
  const { name, title, description, mimeType, uriTemplate } = resource;
  const descriptor = {
    name,
    title,
    description,
    mimeType,
    _meta: { [metaKeys.riskTier]: resource.riskTier },
  };
  return {
    address: { kind: uriTemplate.includes('{') ? 'template' : 'fixed', text: uriTemplate },
    descriptor,
    async list(incoming) {
      if (!resource.list) return [];
      const answer = await (await context.road()).listResources(resource, context.requestOf(incoming));
      // A resource that cannot be listed now is on record; the others are still worth listing.
      if (answer.kind !== 'answer') return [];
      const { resources } = listed.parse(answer.structured);
      return resources.map((entry) => ({ ...entry, mimeType }));
    },
    async read(incoming, uri, variables) {
      const answer = await (await context.road()).readResource(
        resource,
        variables,
        context.requestOf(incoming),
      );
      if (answer.kind === 'answer') return { contents: [{ uri, mimeType, text: answer.text }] };
      throw failureOf(answer, { uri });
    },
    ...(resource.complete ? { complete: completionOf(resource, context) } : {}),
  };
}

export function promptPart(prompt: AnyPrompt, context: PartsContext): McpPrompt {
  return {
    descriptor: promptDescriptor(prompt),
    async get(incoming) {
      const answer = await (await context.road()).getPrompt(prompt, context.requestOf(incoming));
      if (answer.kind !== 'answer') throw failureOf(answer, {});
      const { messages } = made.parse(answer.structured);
      return {
        description: prompt.description,
        messages: messages.map(({ role, text }) => ({ role, content: { type: 'text' as const, text } })),
      };
    },
    ...(prompt.complete ? { complete: completionOf(prompt, context) } : {}),
  };
}

function promptDescriptor(prompt: AnyPrompt): Prompt {
  const schema = argumentsOf.parse(jsonSchemaOf(prompt.args as z.ZodType, 'input'));
  return {
    name: prompt.name,
    title: prompt.title,
    description: prompt.description,
    arguments: Object.entries(schema.properties).map(([name, { description }]) => ({
      name,
      ...(description === undefined ? {} : { description }),
      required: schema.required.includes(name),
    })),
  };
}

function completionOf(definition: AnyPrompt | AnyResource, context: PartsContext) {
  return async (incoming: Incoming, name: string, value: string): Promise<CompletionValues> => {
    const road = await context.road();
    const answer = await road.complete(definition, { name, value }, context.requestOf(incoming));
    if (answer.kind !== 'answer') throw failureOf(answer, {});
    return completed.parse(answer.structured);
  };
}

function failureOf(
  answer: Exclude<RoadAnswer, { kind: 'answer' }>,
  data: Readonly<Record<string, unknown>>,
): Error {
  if (answer.kind === 'error') return protocolFailure(answer.error, data);
  return new Error('a read cannot ask for a confirmation');
}

const listed = z.object({ resources: z.array(z.object({ uri: z.string(), name: z.string() })) });
const made = z.object({
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), text: z.string() })),
});
const completed = z.object({ values: z.array(z.string()), total: z.number(), hasMore: z.boolean() });
const argumentsOf = z.object({
  properties: z.record(z.string(), z.object({ description: z.string().optional() })).default({}),
  required: z.array(z.string()).default([]),
});
