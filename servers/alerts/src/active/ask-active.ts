import type { CallContext, Severity } from '@devops-mcp/contract';
import {
  type AlertsApi,
  cutText,
  fitTokens,
  frameAnswer,
  type InventoryPorts,
  knownFields,
  type MergedAlert,
  mergeDuplicates,
  parseTime,
  type ServicesApi,
  type Silence,
  severityRank,
  truncationField,
} from '@devops-mcp/domain';
import type { z } from 'zod';
import { requireAlertedService } from '../matching/require-alerted-service.js';
import type { activeAlertsAnswer } from '../tools/get-active-alerts.js';
import { groupByRoot, type RootGroup } from './group-by-root.js';

export interface ActiveQuestion {
  readonly environment: string;
  readonly service?: string | undefined;
  readonly minSeverity: Severity;
  readonly at?: string | undefined;
  readonly maxTokens: number;
}

type ActiveAnswer = z.input<typeof activeAlertsAnswer>;
type AlertRow = ActiveAnswer['data']['groups'][number]['alerts'][number];

interface Placed {
  readonly group: RootGroup | undefined;
  readonly merged: MergedAlert;
}

const shownText = 200;
/** Services are listed over a time; one that is silent for long is not known any more. */
const lookBackMs = 24 * 3_600_000;

/** What fires, merged, ranked, and grouped by likely root; what the tool and the resource both give. */
export async function askActive(
  question: ActiveQuestion,
  ports: InventoryPorts & { readonly alerts: AlertsApi; readonly services: ServicesApi },
  context: CallContext,
): Promise<ActiveAnswer> {
  const at = question.at === undefined ? context.now : parseTime(question.at, context.now);
  const answer = await ports.alerts.active({ at }, context);
  if (question.service !== undefined) {
    const { service } = question;
    const window = { start: new Date(at.getTime() - lookBackMs), end: at };
    await requireAlertedService(service, answer.data, ports, window, context);
  }
  const silences = answer.data.some(({ silencedBy }) => silencedBy.length > 0)
    ? (await ports.alerts.silences({ activeAt: at }, context)).data
    : [];
  const chosen = answer.data.filter(
    ({ severity }) => severityRank(severity) <= severityRank(question.minSeverity),
  );
  const placed = place(mergeDuplicates(chosen), ports.services);
  const wanted = placed.filter(
    ({ group, merged }) =>
      question.service === undefined ||
      merged.alert.service === question.service ||
      group?.services.includes(question.service) === true,
  );
  const frame = frameAnswer(answer);
  const fitted = fitTokens(
    rank(wanted).map((one) => ({ ...one, row: rowOf(one.merged, silences) })),
    {
      maxTokens: question.maxTokens,
      reserved: frame.tokens,
      howToGetMore: 'Name a service, raise minSeverity or maxTokens.',
    },
  );
  return {
    data: {
      environment: question.environment,
      at: at.toISOString(),
      firing: wanted.length,
      silenced: wanted.filter(({ merged }) => isSilenced(merged)).length,
      elsewhere: placed.length - wanted.length,
      groups: regroup(fitted.rows),
    },
    ...frame.fields,
    ...truncationField(fitted.truncation),
  };
}

function place(merged: readonly MergedAlert[], services: ServicesApi): readonly Placed[] {
  const onset = new Map<string, Date>();
  for (const { alert, since } of merged) {
    const known = onset.get(alert.service ?? '');
    if (alert.service !== null && (!known || since < known)) onset.set(alert.service, since);
  }
  const groups = groupByRoot(
    [...onset].map(([service, since]) => ({ service, since })),
    services,
  );
  return merged.map((one) => ({
    merged: one,
    group: groups.find((group) => group.services.includes(one.alert.service ?? '')),
  }));
}

/** Groups by their worst alert that is neither silenced nor inhibited, then by size; in a group the root, the worst, the oldest first. */
function rank(placed: readonly Placed[]): readonly Placed[] {
  const weight = new Map<RootGroup | undefined, readonly [number, number]>();
  for (const { group, merged } of placed) {
    const [worst, size] = weight.get(group) ?? [9, 0];
    const own = severityRank(merged.alert.severity) + (isMuted(merged) ? 5 : 0);
    weight.set(group, [Math.min(worst, own), size + 1]);
  }
  const of = (one: Placed) => weight.get(one.group) ?? [9, 0];
  const rootFirst = ({ group, merged }: Placed) => (group?.root === merged.alert.service ? 0 : 1);
  return placed.toSorted(
    (a, b) =>
      of(a)[0] - of(b)[0] ||
      of(b)[1] - of(a)[1] ||
      ((a.group?.root ?? '~') < (b.group?.root ?? '~') ? -1 : Number(a.group !== b.group)) ||
      rootFirst(a) - rootFirst(b) ||
      severityRank(a.merged.alert.severity) - severityRank(b.merged.alert.severity) ||
      a.merged.since.getTime() - b.merged.since.getTime(),
  );
}

function rowOf(
  { alert, since, receivers, seenIn, copies }: MergedAlert,
  silences: readonly Silence[],
): AlertRow {
  const silence = silences.find(({ id }) => alert.silencedBy.includes(id));
  return knownFields({
    fingerprint: alert.fingerprint,
    name: alert.name,
    service: alert.service,
    instance: alert.instance,
    severity: alert.severity,
    rawSeverity: alert.rawSeverity,
    since: since.toISOString(),
    value: alert.value,
    threshold: alert.threshold,
    comparison: alert.comparison,
    unit: alert.unit,
    trend: alert.trend,
    summary: cutText(alert.summary, shownText),
    notified: receivers.slice(0, 10),
    runbookUrl: alert.runbookUrl?.slice(0, 500),
    silenced: silence && { id: silence.id, by: silence.createdBy, until: silence.endsAt.toISOString() },
    inhibited: isInhibited(alert) ? true : undefined,
    acknowledgedBy: alert.acknowledgedBy,
    merged: copies.length > 0 ? copies.map(evidence) : undefined,
    seenIn: copies.length > 0 || seenIn.length > 1 ? [...seenIn] : undefined,
  });
}

function evidence({ fingerprint, severity, since }: MergedAlert['alert']): string {
  return `${fingerprint} ${severity} since ${since.toISOString()}`;
}

function isSilenced({ alert, copies }: MergedAlert): boolean {
  return [alert, ...copies].every(({ silencedBy }) => silencedBy.length > 0);
}

function isMuted({ alert, copies }: MergedAlert): boolean {
  return [alert, ...copies].every((one) => one.silencedBy.length > 0 || isInhibited(one));
}

function isInhibited({ inhibitedBy = [] }: MergedAlert['alert']): boolean {
  return inhibitedBy.length > 0;
}

function regroup(rows: readonly (Placed & { readonly row: AlertRow })[]): ActiveAnswer['data']['groups'] {
  const groups = new Map<RootGroup | undefined, AlertRow[]>();
  for (const { group, row } of rows) groups.set(group, [...(groups.get(group) ?? []), row]);
  return [...groups].map(([group, alerts]) => ({
    ...(group === undefined ? {} : { root: group.root }),
    why: [...(group?.why ?? [])],
    alerts,
  }));
}
