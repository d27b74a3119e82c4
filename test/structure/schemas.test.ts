import { describe, expect, it } from 'vitest';
import { describeServers, type JsonSchema } from './described-servers.js';

const tools = describeServers().flatMap(({ server, tools: offered }) =>
  offered.map((tool) => [`${server.name} ${tool.name}`, tool] as const),
);

describe('every tool', () => {
  it.each(tools)('%s takes a flat, strict and bounded input', (_, { inputSchema }) => {
    expect(inputSchema.additionalProperties).toBe(false);
    expect(JSON.stringify(inputSchema)).not.toContain('$ref');
    expect(problemsOf(propertiesOf(inputSchema))).toEqual([]);
  });

  it.each(tools)('%s has title, description, output schema and all four annotations', (_, tool) => {
    expect(tool.title).not.toBe('');
    expect(tool.description.length).toBeGreaterThan(20);
    expect(tool.outputSchema?.type).toBe('object');
    const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.annotations;
    expect([readOnlyHint, destructiveHint, idempotentHint, openWorldHint].map((hint) => typeof hint)).toEqual(
      ['boolean', 'boolean', 'boolean', 'boolean'],
    );
    expect(readOnlyHint).toBe(tool.kind === 'tool' || ['get_proposal', 'list_proposals'].includes(tool.name));
  });

  // Clients that check answers by draft 7 know only the `items: false` of a tuple, and refuse what it holds.
  it.each(tools)('%s has an output schema that means the same in draft 7', (_, { outputSchema }) => {
    expect(JSON.stringify(outputSchema)).not.toContain('prefixItems');
  });

  it('would be found without a bound', () => {
    expect(
      problemsOf({
        text: { type: 'string' },
        list: { type: 'array', items: { type: 'object' } },
        count: { type: 'integer' },
      }),
    ).toEqual([
      'text has no maxLength',
      'list has no maxItems',
      'list holds objects',
      'count has no maximum',
    ]);
  });
});

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  // Boundary: JSON Schema as published by our own servers.
  return (schema.properties ?? {}) as Record<string, JsonSchema>;
}

function problemsOf(properties: Readonly<Record<string, JsonSchema>>): readonly string[] {
  return Object.entries(properties).flatMap(([name, schema]) => problemsOfOne(name, schema));
}

function problemsOfOne(name: string, schema: JsonSchema): readonly string[] {
  if (schema.anyOf ?? schema.oneOf ?? schema.allOf) return [`${name} is a union`];
  if (schema.enum !== undefined || schema.const !== undefined || schema.type === 'boolean') return [];
  // A pattern that names its own length is a bound too.
  const patternBounds =
    typeof schema.pattern === 'string' && /^\^(?:[^*+]|\\[*+])*\{[0-9,]+\}[^*+]*\$$/.test(schema.pattern);
  if (schema.type === 'string')
    return schema.maxLength === undefined && !patternBounds ? [`${name} has no maxLength`] : [];
  if (schema.type === 'integer' || schema.type === 'number')
    return schema.maximum === undefined ? [`${name} has no maximum`] : [];
  if (schema.type !== 'array') return [`${name} is not flat`];
  const items = (schema.items ?? {}) as JsonSchema;
  return [
    ...(schema.maxItems === undefined && schema.enum === undefined ? [`${name} has no maxItems`] : []),
    ...(items.type === 'object' || items.type === 'array'
      ? [`${name} holds objects`]
      : problemsOfOne(`${name}[]`, items)),
  ];
}
