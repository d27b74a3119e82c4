import { hash as digest } from 'node:crypto';
import type { BlastRadius, Json, RiskTier, Target } from '@devops-mcp/contract';
import type { AuditEvent, Redactor } from '../collaborators.js';
import type { Decision } from '../model.js';
import { canonicalJson } from '../proposals/digest.js';

/**
 * A record as it stands in a segment: the event schema of a SIEM, every field filled or null, then
 * what governance adds, then the chain. One line of RFC 8785 canonical JSON each.
 */
export interface AuditRecord {
  readonly format: typeof recordFormat;
  /** RFC 3339, UTC, milliseconds: when the event was handed to the log. */
  readonly timestamp: string;
  readonly eventType: AuditEvent['eventType'];
  readonly phase: AuditEvent['phase'];
  readonly traceId: string;
  readonly traceparent: string | null;
  readonly sessionId: string;
  readonly actor: {
    readonly type: 'human' | 'human+agent';
    readonly humanId: string;
    readonly agentClient: string | null;
    readonly agentModel: string | null;
    readonly assurance: 'asserted' | 'authenticated';
    readonly issuer: string;
    readonly delegation: readonly string[];
  };
  readonly server: {
    readonly name: string;
    readonly version: string;
    readonly host: string;
    readonly owner: string;
    readonly transport: string;
  };
  /** `target` in one line, such as `production/services/payments-api`. */
  readonly tool: { readonly name: string; readonly riskTier: RiskTier; readonly target: string | null };
  readonly auth: { readonly principal: string | null; readonly authType: string | null };
  readonly approval: AuditEvent['approval'];
  readonly result: AuditEvent['result'];
  readonly environment: string | null;
  readonly services: readonly string[];
  readonly resources: readonly string[];
  readonly owner: string | null;
  readonly arguments: Json;
  readonly argumentsDigest: string | null;
  readonly reason: string | null;
  readonly proposalId: string | null;
  readonly bindingDigest: string | null;
  readonly blastRadius: BlastRadius | null;
  readonly policy: {
    readonly digest: string;
    readonly effect: Decision['effect'];
    readonly requirements: readonly string[];
    readonly rules: readonly string[];
  } | null;
  readonly id: string;
  /** 1 for the first record of a segment, then one more each. */
  readonly seq: number;
  /** `hash` of the record before; for the first one `segmentOrigin` of the file's name. */
  readonly prev: string;
  /** SHA-256, hex, of the format, a line feed, and the canonical JSON of the record without `hash`. */
  readonly hash: string;
}

export const recordFormat = 'devops-mcp/audit-record/v1';

/**
 * A record without its place in the chain: canonical JSON in the four pieces between which the chain
 * fields stand. Canonical form is made once, also when a record has to move to another segment.
 */
export interface RecordBody {
  readonly beforeHash: string;
  readonly beforePrev: string;
  readonly beforeSeq: string;
  readonly rest: string;
}

const longestText = 500;
const longestDetail = 4_000;
const longestArguments = 16_000;
const longestList = 100;

/** Redacts and bounds what came from outside. The pieces list their keys in canonical order. */
export function recordBody(event: AuditEvent, timestamp: string, redactor: Redactor): RecordBody {
  const clean = (text: string | null, longest = longestText) =>
    text === null ? null : redactor.text(text).slice(0, longest);
  const { caller, server, tool, decision } = event;
  const actor = {
    agentClient: clean(caller.client && `${caller.client.name}/${caller.client.version}`),
    agentModel: clean(caller.model),
    assurance: caller.assurance,
    delegation: caller.delegation.slice(0, longestList),
    humanId: caller.subject,
    issuer: caller.issuer,
    type: caller.client === null ? 'human' : 'human+agent',
  };
  const approval = {
    approver: event.approval.approver,
    changeRef: clean(event.approval.changeRef),
    required: event.approval.required,
    status: event.approval.status,
  };
  const result = {
    artifactRef: clean(event.result.artifactRef),
    detail: clean(event.result.detail, longestDetail),
    durationMs: event.result.durationMs,
    errorCode: event.result.errorCode,
    status: event.result.status,
  };
  const policy = decision && {
    digest: decision.policyDigest,
    effect: decision.effect,
    requirements: decision.requirements,
    rules: decision.rules,
  };
  const auth = { authType: event.auth?.authType ?? null, principal: event.auth?.principal ?? null };
  const machine = {
    host: server.host,
    name: server.name,
    owner: server.owner,
    transport: caller.transport,
    version: server.version,
  };
  const resources = (tool.target?.resources ?? []).slice(0, longestList).map((each) => clean(each));
  const aim = { name: tool.name, riskTier: tool.riskTier, target: clean(targetLine(tool.target)) };
  return {
    beforeHash:
      `"actor":${json(actor)},"approval":${json(approval)},"arguments":${argumentsJson(event.arguments, redactor)},` +
      `"argumentsDigest":${json(event.argumentsDigest)},"auth":${json(auth)},` +
      `"bindingDigest":${json(event.bindingDigest)},"blastRadius":${canonicalJson(event.blastRadius)},` +
      `"environment":${json(event.environment)},"eventType":${json(event.eventType)},"format":"${recordFormat}"`,
    beforePrev: `"id":${json(event.id)},"owner":${json(event.owner)},"phase":${json(event.phase)},"policy":${json(policy)}`,
    beforeSeq:
      `"proposalId":${json(event.proposalId)},"reason":${json(clean(event.reason))},` +
      `"resources":${json(resources)},"result":${json(result)}`,
    rest:
      `"server":${json(machine)},"services":${json((tool.target?.services ?? []).slice(0, longestList))},` +
      `"sessionId":${json(clean(caller.sessionId))},"timestamp":"${timestamp}","tool":${json(aim)},` +
      `"traceId":${json(event.traceId)},"traceparent":${json(clean(event.traceparent))}`,
  };
}

/** The line of a record at its place in a segment, line feed included. */
export function chainedLine(
  body: RecordBody,
  seq: number,
  prev: string,
): { readonly line: string; readonly hash: string } {
  const afterHash = `${body.beforePrev},"prev":"${prev}",${body.beforeSeq},"seq":${seq},${body.rest}}`;
  const hash = recordHash(`{${body.beforeHash},${afterHash}`);
  return { line: `{${body.beforeHash},"hash":"${hash}",${afterHash}\n`, hash };
}

/** The hash of a record whose canonical JSON without `hash` is given. */
export function recordHash(canonical: string): string {
  return digest('sha256', `${recordFormat}\n${canonical}`);
}

/** What the first record of a segment follows: its own file name, so that segments cannot be swapped. */
export function segmentOrigin(file: string): string {
  return digest('sha256', `devops-mcp/audit-segment/v1\n${file}`);
}

function argumentsJson(value: Json, redactor: Redactor): string {
  const text = canonicalJson(redactor.json(value));
  return text.length <= longestArguments
    ? text
    : `{"omitted":${json(`${text.length} characters of arguments`)}}`;
}

function targetLine(target: Target | null): string | null {
  if (target === null) return null;
  const services = target.services.length === 0 ? '' : `/services/${target.services.join(',')}`;
  const resources = (target.resources ?? []).map((resource) => `/${resource}`).join('');
  return `${target.environment}${services}${resources}`;
}

/** For values whose keys stand in canonical order already. */
function json(value: unknown): string {
  return JSON.stringify(value);
}
