import { type CallContext, type PortPart, ToolError } from '@devops-mcp/contract';
import type { Acknowledgement, Alert, AlertsApi } from '../alerts.js';
import { askAll, planWith, writerFirst } from './ask-parts.js';
import { joinAnswers, joinRows } from './join-answers.js';
import { mergeSystems } from './same-alerts.js';
import { joinTransitions } from './same-transitions.js';

/**
 * What fires in several systems is one list in which the same alert stands once and names the systems
 * that see it. Changes go to the system that writes, whose fingerprints therefore are the ones shown.
 */
export function mergeAlerts(configured: readonly PortPart<AlertsApi>[]): AlertsApi {
  const parts = writerFirst(configured);
  const acknowledges = parts.some(({ api }) => api.acknowledgements !== undefined);
  return {
    async active(query, context) {
      const asked = await askAll(parts, context, (api) => api.active(query, context));
      const alerts = mergeSystems(
        asked.answered.map(({ backend, answer }) => ({ backend, alerts: answer.data })),
      );
      return joinRows(asked, alerts);
    },
    async transitions(query, context) {
      const asked = await askAll(parts, context, (api) => api.transitions(query, context));
      const all = joinTransitions(
        asked.answered.map(({ backend, answer }) => ({ backend, transitions: answer.data })),
      );
      return joinRows(asked, all);
    },
    ...(acknowledges ? { acknowledgements: joinAcknowledgements(parts) } : {}),
    async silences(query, context) {
      const asked = await askAll(parts, context, (api) => api.silences(query, context));
      const all = asked.answered.flatMap(({ backend, answer }) =>
        answer.data.map((silence) => ({ ...silence, system: backend })),
      );
      return joinRows(asked, all);
    },
    planAcknowledge: (query, context) => acknowledge(parts, query, context),
    planSilence: (query, context) => planWith(parts, (api) => api.planSilence(query, context)),
  };
}

/** A system that keeps none has none; that it keeps none is no failure. */
function joinAcknowledgements(
  parts: readonly PortPart<AlertsApi>[],
): NonNullable<AlertsApi['acknowledgements']> {
  return async (query, context) => {
    const asked = await askAll(
      parts,
      context,
      async (api, { backend }) => api.acknowledgements?.(query, context) ?? { data: [], source: { backend } },
    );
    const all: readonly Acknowledgement[] = asked.answered.flatMap(({ answer }) => answer.data);
    return joinAnswers(
      asked,
      all.toSorted((a, b) => a.time.getTime() - b.time.getTime()),
    );
  };
}

/**
 * An alert that only another system knows by this fingerprint may be one that the writing system
 * knows by its own; otherwise nobody here could take it.
 */
async function acknowledge(
  parts: readonly PortPart<AlertsApi>[],
  query: Parameters<AlertsApi['planAcknowledge']>[0],
  context: CallContext,
): ReturnType<AlertsApi['planAcknowledge']> {
  const plan = (fingerprint: string) =>
    planWith(parts, (api) => api.planAcknowledge({ ...query, fingerprint }, context));
  const writer = parts.find(({ writes }) => writes);
  try {
    return await plan(query.fingerprint);
  } catch (error) {
    if (!writer || !(error instanceof ToolError) || error.code !== 'not_found') throw error;
    const owner = await ownerOf(
      parts.filter((part) => part !== writer),
      query.fingerprint,
      context,
    );
    if (!owner) throw error;
    const own = (await writer.api.active({}, context)).data;
    const [same] = mergeSystems([
      { backend: writer.backend, alerts: own },
      { backend: owner.backend, alerts: [owner.alert] },
    ]).filter(({ seenIn }) => seenIn.includes(owner.backend) && seenIn.includes(writer.backend));
    if (same) return plan(same.fingerprint);
    throw new ToolError(
      'unsupported',
      `This alert is known to ${owner.backend} alone, and only ${writer.backend} can be written here.`,
      { hint: `Acknowledge it in ${owner.backend} itself.`, cause: error },
    );
  }
}

async function ownerOf(
  parts: readonly PortPart<AlertsApi>[],
  fingerprint: string,
  context: CallContext,
): Promise<{ readonly backend: string; readonly alert: Alert } | undefined> {
  const asked = await askAll(parts, context, (api) => api.active({}, context)).catch(() => undefined);
  for (const { backend, answer } of asked?.answered ?? []) {
    const alert = answer.data.find((one) => one.fingerprint === fingerprint);
    if (alert) return { backend, alert };
  }
  return undefined;
}
