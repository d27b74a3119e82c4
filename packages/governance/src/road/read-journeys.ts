import {
  type AnyPrompt,
  type AnyResource,
  type AnyTool,
  type CallContext,
  type Json,
  type JsonObject,
  noEnvironment,
  type PortSet,
  type Target,
  ToolError,
} from '@devops-mcp/contract';
import { checkedOutput, redactRaw, refuseTooLong } from './answers.js';
import { connectWithoutEnvironment } from './connect.js';
import { withDeadline } from './deadline.js';
import type { RawDefinition } from './dependencies.js';
import type { Journey, Produced, Trip } from './trip.js';

const nowhere: Target = { environment: noEnvironment, services: [] };
const listingLimits = { timeoutMs: 10_000, outputBytes: 64_000 };
const completionLimits = { timeoutMs: 5_000, outputBytes: 16_000 };
const valuesShown = 100;
const addressesShown = 200;

/** Each kind of read as a journey. All are tier 1; what differs is who is asked and how it is shown. */
export function toolJourney(tool: AnyTool): Journey {
  return {
    eventType: 'mcp.tool_invocation',
    name: tool.name,
    tier: 1,
    limits: tool.limits,
    ports: tool.ports,
    input: tool.input,
    locate: (trip) => tool.target(trip.input),
    run: async (trip) => {
      const output = await reading(trip, tool.ports, (ports, context) =>
        tool.run({ input: trip.input, ports, ...context }),
      );
      // Boundary: an output schema is an object of JSON values by declaration.
      const structured = trip.deps.redactor.json(checkedOutput(tool.output, output) as JsonObject);
      return { kind: 'answer', structured, text: tool.render(structured) };
    },
  };
}

export function resourceJourney(resource: AnyResource): Journey {
  return {
    eventType: 'mcp.resource_read',
    name: resource.name,
    tier: 1,
    limits: resource.limits,
    ports: resource.ports,
    input: resource.params,
    locate: (trip) => resource.target(trip.input),
    run: async (trip) => {
      const content = await reading(trip, resource.ports, (ports, context) =>
        resource.read({ params: trip.input, ports, ...context }),
      );
      const structured = { mimeType: resource.mimeType };
      return { kind: 'answer', structured, text: bodyOf(resource, content, trip) };
    },
  };
}

function bodyOf(resource: AnyResource, content: Json | string, trip: Trip): string {
  if (resource.mimeType === 'application/json') return JSON.stringify(trip.deps.redactor.json(content));
  if (typeof content === 'string') return trip.deps.redactor.text(content);
  throw new ToolError('internal', 'A Markdown resource must be read as text.');
}

export function listingJourney(resource: AnyResource): Journey {
  return {
    eventType: 'mcp.resource_read',
    name: resource.name,
    tier: 1,
    limits: listingLimits,
    ports: resource.ports,
    input: null,
    locate: () => nowhere,
    run: async (trip) => {
      const listed = await reading(trip, resource.ports, (ports, context) =>
        resource.list === undefined ? [] : resource.list({ ports, ...context }),
      );
      const resources = listed.slice(0, addressesShown).map(({ uri, name }) => ({ uri, name }));
      const structured = trip.deps.redactor.json({ resources });
      return { kind: 'answer', structured, text: `${resources.length} of ${listed.length} addresses` };
    },
  };
}

export function promptJourney(prompt: AnyPrompt): Journey {
  return {
    eventType: 'mcp.prompt_get',
    name: prompt.name,
    tier: 1,
    limits: prompt.limits,
    ports: prompt.ports,
    input: prompt.args,
    locate: (trip) => prompt.target(trip.input),
    run: async (trip) => {
      const made = await reading(trip, prompt.ports, (ports, context) =>
        prompt.messages({ args: trip.input, ports, ...context }),
      );
      const structured = trip.deps.redactor.json({
        messages: made.map(({ role, text }) => ({ role, text })),
      });
      return { kind: 'answer', structured, text: structured.messages.map(({ text }) => text).join('\n\n') };
    },
  };
}

export function completionJourney(
  definition: AnyPrompt | AnyResource,
  argument: { readonly name: string; readonly value: string },
): Journey {
  return {
    eventType: 'mcp.completion',
    name: definition.name,
    tier: 1,
    limits: completionLimits,
    ports: definition.ports,
    input: null,
    locate: () => nowhere,
    run: async (trip): Promise<Produced> => {
      const complete = Object.hasOwn(definition.complete ?? {}, argument.name)
        ? definition.complete?.[argument.name]
        : undefined;
      const value = argument.value.slice(0, 200);
      const found =
        complete === undefined
          ? []
          : await reading(trip, definition.ports, (ports, context) => complete({ value, ports, ...context }));
      const values = trip.deps.redactor.json(found.slice(0, valuesShown));
      const structured = { values, total: found.length, hasMore: found.length > valuesShown };
      return { kind: 'answer', structured, text: values.join('\n') };
    },
  };
}

export function rawJourney(raw: RawDefinition): Journey {
  return {
    eventType: raw.eventType,
    name: raw.name,
    tier: 1,
    limits: raw.limits,
    ports: {},
    input: null,
    locate: () => nowhere,
    run: async (trip) => {
      const result = await reading(trip, {}, (_, context) =>
        raw.run({ arguments: trip.request.arguments, ...context }),
      );
      refuseTooLong(Buffer.byteLength(JSON.stringify(result) ?? ''), raw.limits.outputBytes);
      return { kind: 'raw', result: redactRaw(result, trip.deps.redactor) };
    },
  };
}

/** The backend's part of a read: connecting and asking, both within the deadline. */
function reading<T>(
  trip: Trip,
  // biome-ignore lint/suspicious/noExplicitAny: definitions in a server's lists have their port types erased
  ports: any,
  ask: (connected: never, context: CallContext) => Promise<T> | T,
): Promise<T> {
  const { deps, request, journey, environment } = trip;
  const limits = { timeoutMs: journey.limits.timeoutMs, cancel: request.signal };
  const progress: CallContext['progress'] = (done, total, message) =>
    request.progress(done, total, message === undefined ? undefined : deps.redactor.text(message));
  return withDeadline(limits, { now: trip.startedAt, progress }, async (context) => {
    const connected = await connect(trip, ports, environment?.name ?? noEnvironment);
    return ask(connected as never, context);
  });
}

async function connect(trip: Trip, ports: PortSet, environment: string): Promise<unknown> {
  const { connector } = trip.deps;
  trip.auth = connector.principal(ports, environment, 'read');
  const strict = trip.journey.input !== null;
  return strict
    ? connector.read(ports, environment, trip.request.caller)
    : connectWithoutEnvironment(connector, ports, trip.request.caller);
}
