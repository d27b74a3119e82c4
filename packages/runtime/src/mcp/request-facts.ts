import { randomUUID } from 'node:crypto';
import type { Caller, RandomSource, TraceContext } from '@devops-mcp/governance';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';

export type Identify = (facts: {
  readonly client: { readonly name: string; readonly version: string } | null;
  readonly sessionId: string;
}) => Caller;

const processSession = randomUUID();

/** Who calls, from what the client says of itself and what the transport proves. */
export function callerOf(identify: Identify, server: Server, context: ServerContext): Caller {
  return identify({ client: clientOf(server, context), sessionId: context.sessionId ?? processSession });
}

/**
 * Whether the client can be asked through a form. On a modern connection the request itself carries
 * the capabilities; the server's own record of them stays empty there. A bare `elicitation: {}`
 * means forms.
 */
export function canAskByForm(server: Server, context: ServerContext): boolean {
  const envelope = envelopeOf(context);
  const declared = envelope
    ? // Boundary: the protocol layer has checked the envelope's shape.
      (envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined)
    : server.getClientCapabilities();
  const elicitation = declared?.elicitation;
  if (!elicitation) return false;
  return elicitation.form !== undefined || elicitation.url === undefined;
}

/** The W3C trace context of the request, or a new trace for a request without a usable one. */
export function traceOf(context: ServerContext, random: RandomSource): TraceContext {
  const given: unknown = context.mcpReq._meta?.traceparent;
  const match = typeof given === 'string' ? traceparent.exec(given) : null;
  const traceId = match?.[1];
  if (typeof given !== 'string' || traceId === undefined || /^0+$/.test(traceId)) {
    return { traceId: random.hex(16), traceparent: null };
  }
  return { traceId, traceparent: given };
}

const traceparent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

function clientOf(server: Server, context: ServerContext): { name: string; version: string } | null {
  const envelope = envelopeOf(context);
  const info: unknown = envelope ? envelope[CLIENT_INFO_META_KEY] : server.getClientVersion();
  if (typeof info !== 'object' || info === null || !('name' in info)) return null;
  const version = 'version' in info ? info.version : '';
  return { name: String(info.name).slice(0, 200), version: String(version).slice(0, 100) };
}

function envelopeOf(context: ServerContext): Readonly<Record<string, unknown>> | undefined {
  return context.mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
}
