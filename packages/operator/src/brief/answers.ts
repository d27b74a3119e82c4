import { z } from 'zod';

/**
 * The parts of the servers' answers that the brief reads. Lenient: a server that says more, or a
 * later version of it, is still understood.
 */
const text = z.string();
const time = z.string().transform((value) => Date.parse(value));
const maybe = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? null);

export const alertsAnswer = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        alerts: z.array(
          z.object({
            name: text,
            service: maybe(text),
            severity: text,
            since: text,
            summary: text.default(''),
            value: maybe(z.number()),
            threshold: maybe(z.number()),
          }),
        ),
      }),
    ),
  }),
});

export const anomaliesAnswer = z.object({
  data: z.object({
    services: z.array(
      z.object({
        service: text,
        owner: maybe(text),
        signals: z.array(
          z.object({
            signal: text,
            instance: maybe(text),
            unit: text,
            onset: time,
            end: maybe(text),
            baseline: z.number(),
            value: z.number(),
            score: z.number(),
          }),
        ),
      }),
    ),
    examined: z.object({ services: z.number() }),
  }),
});

export const errorsAnswer = z.object({
  data: z.object({
    total: z.number(),
    groups: z.array(
      z.object({
        service: text,
        type: text,
        template: text,
        count: z.number(),
        previousCount: z.number(),
        firstSeen: text,
        traceIds: z.array(text),
      }),
    ),
  }),
});

export const comparisonAnswer = z.object({
  data: z.object({
    traces: z.number(),
    baselineTraces: z.number().default(0),
    operations: z.array(
      z.object({
        service: text,
        operation: text,
        instance: maybe(text),
        peer: maybe(text),
        blame: z.number(),
        calls: z.number().default(0),
        previousCalls: z.number().default(0),
        selfMsP95: z.number(),
        previousSelfMsP95: z.number(),
        errorShare: z.number(),
        previousErrorShare: z.number(),
      }),
    ),
  }),
});

const fields = z.array(z.object({ field: text })).default([]);
export const historyAnswer = z.object({
  data: z.object({
    deployments: z.array(
      z.object({
        service: text,
        time: time,
        kind: text,
        version: maybe(text),
        revision: text,
        by: text,
        title: text,
        diff: maybe(
          z.object({
            migrations: z.array(text).default([]),
            configuration: fields,
            flags: fields,
            image: maybe(z.object({})),
          }),
        ),
      }),
    ),
  }),
});

export const dependenciesAnswer = z.object({
  data: z.object({
    nodes: z.array(
      z.object({
        name: text,
        health: text,
        reasons: z.array(text),
        since: text.optional(),
        owner: maybe(text),
      }),
    ),
    edges: z.array(z.object({ from: text, to: text, errorShare: z.number().optional() })),
  }),
});

export const signalsAnswer = z.object({
  data: z.object({
    service: text,
    signals: z.array(
      z.object({
        signal: text,
        unit: text,
        group: z.record(text, text).optional(),
        points: z.array(z.tuple([z.number(), z.number().nullable()])),
      }),
    ),
  }),
});

export const onCallAnswer = z.object({
  data: z.object({ now: z.array(z.object({ who: text, end: text.optional(), until: text.optional() })) }),
});

export const runbooksAnswer = z.object({
  data: z.object({ runbooks: z.array(z.object({ id: text, title: text, why: z.array(text) })) }),
});

export const similarAnswer = z.object({
  data: z.object({
    incidents: z.array(z.object({ id: text, title: text, why: z.array(text), resolution: maybe(text) })),
  }),
});

export const planAnswer = z.object({
  data: z.object({
    planId: text,
    service: text,
    current: z.object({ version: maybe(text), revision: text }),
    target: z.object({ version: maybe(text), revision: text }),
    migrationVerdict: text,
    safeToRollBack: z.boolean(),
    evidence: text,
    rollForward: text,
    apply: text,
  }),
});
