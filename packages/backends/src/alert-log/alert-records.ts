import type { JsonObject } from '@devops-mcp/contract';
import type { Silence } from '@devops-mcp/domain';
import { z } from 'zod';
import { type SilenceRecord, silenceShape } from '../alert-model/silence-shape.js';

const time = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

/**
 * Alertmanager knows no acknowledgements: ours has the shape of a silence over all the alert's
 * labels, ends when the firing ends (Go's zero time), and names which firing it means.
 */
const acknowledgementShape = silenceShape.extend({
  fingerprint: z.string().min(1).max(64),
  alertStartsAt: time,
});

export type AcknowledgementRecord = z.output<typeof acknowledgementShape>;

export function parseSilence(line: string): SilenceRecord | undefined {
  return parseWith(silenceShape, line);
}

export function parseAcknowledgement(line: string): AcknowledgementRecord | undefined {
  return parseWith(acknowledgementShape, line);
}

export function silenceJson(silence: Silence, updatedAt: Date): JsonObject {
  const { id, matchers, createdBy, comment } = silence;
  return {
    id,
    status: { state: 'active' },
    updatedAt: updatedAt.toISOString(),
    createdBy,
    comment,
    startsAt: silence.startsAt.toISOString(),
    endsAt: silence.endsAt.toISOString(),
    matchers: matchers.map(({ name, value, isRegex, isEqual }) => ({ name, value, isRegex, isEqual })),
  };
}

export function acknowledgementJson(facts: {
  readonly id: string;
  readonly fingerprint: string;
  readonly alertStartsAt: Date;
  readonly labels: Readonly<Record<string, string>>;
  readonly by: string;
  readonly note: string;
  readonly at: Date;
}): JsonObject {
  return {
    id: facts.id,
    status: { state: 'active' },
    updatedAt: facts.at.toISOString(),
    createdBy: facts.by,
    comment: facts.note,
    startsAt: facts.at.toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    matchers: Object.entries(facts.labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
    fingerprint: facts.fingerprint,
    alertStartsAt: facts.alertStartsAt.toISOString(),
  };
}

function parseWith<S extends z.ZodType>(shape: S, line: string): z.output<S> | undefined {
  try {
    const parsed = shape.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
