import { type Deployment, showSeconds, showTime } from '@devops-mcp/domain';
import type { GraphEdge } from './dependency-graph.js';
import { edgeTrouble, type Health, showTrouble } from './node-health.js';

export const originVerdicts = ['healthy', 'local', 'propagating', 'undetermined'] as const;

export interface FaultOrigin {
  readonly verdict: (typeof originVerdicts)[number];
  /** The services at which the trail ends; the service itself when the fault is local. */
  readonly suspects: readonly string[];
  readonly evidence: readonly string[];
}

export interface OriginInput {
  readonly service: string;
  readonly health: ReadonlyMap<string, Health>;
  readonly edges: readonly GraphEdge[];
  /** Whether there is any call between services, declared or seen: without one, having none says nothing. */
  readonly callsKnown: boolean;
  readonly resources: ReadonlySet<string>;
  readonly lastDeployment: ReadonlyMap<string, Deployment>;
}

/** Onsets this close together have no order. */
const togetherMs = 60_000;
const deploymentMs = 3_600_000;

/**
 * Says whether what ails a service comes from itself or from something it calls. It propagates when a
 * service that it calls is ill too and was so no later, or when the calls to it got worse; the trail
 * is followed from there. It is local when everything it calls was looked at and is well, or fell ill
 * later. Where something that it calls cannot be judged, or no call of any service is known, nothing is
 * claimed.
 */
export function findFaultOrigin(input: OriginInput): FaultOrigin {
  const { service, health } = input;
  const own = health.get(service);
  if (own === undefined || own.state === 'unknown')
    return { verdict: 'undetermined', suspects: [], evidence: [`There is nothing to judge ${service} by.`] };
  if (own.state === 'healthy')
    return { verdict: 'healthy', suspects: [], evidence: [`${service} shows no deviation.`] };
  const evidence: string[] = [];
  const suspects = follow(service, input, evidence, new Set([service]));
  if (suspects.length > 0) return { verdict: 'propagating', suspects, evidence };
  const unjudged = unjudgedCallees(input);
  const { callsKnown } = input;
  if (unjudged.length > 0 || !callsKnown) {
    evidence.push(
      callsKnown ? `Not judged: ${unjudged.join(', ')}.` : `What ${service} calls is not known here.`,
    );
    return {
      verdict: 'undetermined',
      suspects: [service],
      evidence: [...evidence, ...localSigns(input, own)],
    };
  }
  return { verdict: 'local', suspects: [service], evidence: [...evidence, ...localSigns(input, own)] };
}

/** Returns where the trail ends below a service; empty when no trail leads down. */
function follow(
  service: string,
  input: OriginInput,
  evidence: string[],
  seen: Set<string>,
): readonly string[] {
  const own = input.health.get(service);
  const ends = new Set<string>();
  for (const edge of input.edges) {
    if (edge.from !== service || seen.has(edge.to)) continue;
    const callee = input.health.get(edge.to);
    if (callee === undefined || callee.state === 'healthy' || callee.state === 'unknown') continue;
    const trouble = edgeTrouble(edge);
    const lagMs = own?.since && callee.since ? callee.since.getTime() - own.since.getTime() : undefined;
    if (trouble === undefined && (lagMs === undefined || lagMs > togetherMs)) {
      evidence.push(`${edge.to} is ${callee.state} too, but ${afterwards(lagMs)} calls to it are as before.`);
      continue;
    }
    seen.add(edge.to);
    const signs = [trouble ? showTrouble(trouble) : '', order(lagMs), callee.reasons[0] ?? ''];
    evidence.push(`${service} → ${edge.to}: ${signs.filter((sign) => sign !== '').join('; ')}.`);
    const further = follow(edge.to, input, evidence, seen);
    for (const end of further.length > 0 ? further : [edge.to]) ends.add(end);
  }
  return [...ends];
}

function afterwards(lagMs: number | undefined): string {
  return lagMs === undefined ? '' : `${showSeconds(lagMs / 1_000)} later, and`;
}

function order(lagMs: number | undefined): string {
  if (lagMs === undefined) return '';
  if (Math.abs(lagMs) <= togetherMs) return 'at the same time';
  const seconds = showSeconds(Math.abs(lagMs) / 1_000);
  return lagMs < 0 ? `ill ${seconds} earlier` : `ill ${seconds} later`;
}

function unjudgedCallees({ service, edges, health, resources }: OriginInput): readonly string[] {
  return edges
    .filter((edge) => edge.from === service && !resources.has(edge.to))
    .map((edge) => edge.to)
    .filter((name) => (health.get(name)?.state ?? 'unknown') === 'unknown');
}

function localSigns(input: OriginInput, own: Health): readonly string[] {
  const { service, edges, callsKnown, resources, health, lastDeployment } = input;
  const callees = edges.filter((edge) => edge.from === service).map((edge) => edge.to);
  const stores = callees.filter((name) => resources.has(name));
  const unseen = stores.filter((name) => (health.get(name)?.state ?? 'unknown') === 'unknown');
  return [
    ...(callees.length > stores.length || !callsKnown ? [] : [`${service} calls no other service.`]),
    ...(own.reasons[0] ? [`${service}: ${own.reasons[0]}.`] : []),
    ...deploymentSign(own.since, lastDeployment.get(service)),
    ...(unseen.length > 0 ? [`Nothing was seen of ${unseen.join(', ')}: look there too.`] : []),
  ];
}

function deploymentSign(since: Date | null, deployment: Deployment | undefined): readonly string[] {
  if (since === null || deployment === undefined) return [];
  const lagMs = since.getTime() - deployment.time.getTime();
  if (lagMs < -togetherMs || lagMs > deploymentMs) return [];
  const lag = showSeconds(Math.max(0, lagMs) / 1_000);
  return [`Deployment ${deployment.id} at ${showTime(deployment.time, since)} was ${lag} before the onset.`];
}
