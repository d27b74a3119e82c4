import { blastRadiusDimensions, type OwnerLimit, type OwnerLimits } from '@devops-mcp/contract';
import { z } from 'zod';
import { isRecord } from './record.js';

const share = z.number().min(0).max(1);
const amount = z.number().min(0).max(1_000_000);
const duration = z.string().regex(/^[1-9]\d{0,4}[mhd]$/, 'is a number and m, h or d, such as 1h');
const limit = z.strictObject({
  max: amount.optional(),
  step: amount.optional(),
  share: share.optional(),
  window: z.strictObject({ sum: amount, per: duration }).optional(),
});
const dimensions = z.strictObject(
  Object.fromEntries(Object.keys(blastRadiusDimensions).map((name) => [name, limit.optional()])),
);
const path = z
  .string()
  .min(1)
  .max(300)
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\\]+$/, 'is relative and does not climb');
const name = z.string().min(1).max(255);
const signal = z.strictObject({
  metric: name,
  unit: z.string().min(1).max(40),
  kind: z.enum(['gauge', 'rate']),
});

/** The sections of devops-mcp.service.yaml and how each is read. */
const sections = {
  telemetry: z.strictObject({ serviceName: name }),
  gitops: z.strictObject({ path }),
  kubernetes: z.strictObject({
    namespace: z.string().min(1).max(63).optional(),
    workload: name.optional(),
    selector: z.string().min(1).max(500).optional(),
  }),
  terraform: z.strictObject({ addresses: z.array(z.string().min(1).max(500)).min(1).max(100) }),
  migrations: z.strictObject({
    tool: z.enum(['flyway', 'prisma', 'golang-migrate']),
    path,
    dialect: z.enum(['postgresql', 'mysql']).optional(),
  }),
} as const;
const signalName = /^[a-z][a-z0-9_]{0,62}$/;

export interface ServiceFile {
  readonly limits: Readonly<Record<string, OwnerLimits>>;
  readonly signals: Readonly<Record<string, z.output<typeof signal>>>;
  /** The whole file as far as it is valid, for settings by path. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface ServiceFileFault {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/**
 * Reads a service's own file. What is not valid is left out as a whole: the limits of an
 * environment in which one is misspelt are no limits, so that actions there are refused rather
 * than judged by half of what the owner wrote.
 */
export function readServiceFile(
  value: unknown,
  environments: readonly string[] | undefined,
  fault: (fault: ServiceFileFault) => void,
): ServiceFile {
  if (!isRecord(value)) {
    fault({ message: 'The file is not a mapping.', path: [] });
    return { limits: {}, signals: {}, settings: {} };
  }
  const settings: [string, unknown][] = [];
  for (const [key, content] of Object.entries(value)) {
    if (key === 'limits' || key === 'signals') continue;
    if (!isSection(key)) {
      const known = ['limits', 'signals', ...Object.keys(sections)].join(', ');
      fault({ message: `There is no such key as ${key.slice(0, 60)}; known are ${known}.`, path: [key] });
      continue;
    }
    const read = check(sections[key], content, [key], fault);
    if (read !== undefined) settings.push([key, read]);
  }
  const limits = Object.hasOwn(value, 'limits') ? readLimits(value.limits, environments, fault) : {};
  const signals = Object.hasOwn(value, 'signals') ? readSignals(value.signals, fault) : {};
  return { limits, signals, settings: { ...Object.fromEntries(settings), limits, signals } };
}

function readLimits(
  value: unknown,
  environments: readonly string[] | undefined,
  fault: (fault: ServiceFileFault) => void,
): Readonly<Record<string, OwnerLimits>> {
  const limits: [string, OwnerLimits][] = [];
  for (const [environment, content] of entriesOf(value, ['limits'], fault)) {
    const path = ['limits', environment];
    if (environments !== undefined && !environments.includes(environment)) {
      const known = environments.slice(0, 10).join(', ');
      fault({
        message: `No environment is named ${environment.slice(0, 40)}; configured are ${known}.`,
        path,
      });
      continue;
    }
    const read = check(dimensions, content, path, fault);
    if (read !== undefined) limits.push([environment, toOwnerLimits(read)]);
  }
  return Object.fromEntries(limits);
}

function readSignals(value: unknown, fault: (fault: ServiceFileFault) => void): ServiceFile['signals'] {
  const signals: [string, z.output<typeof signal>][] = [];
  for (const [key, content] of entriesOf(value, ['signals'], fault)) {
    if (!signalName.test(key)) {
      fault({ message: 'A signal is named in lower case with underscores.', path: ['signals', key] });
      continue;
    }
    const read = check(signal, content, ['signals', key], fault);
    if (read !== undefined) signals.push([key, read]);
  }
  return Object.fromEntries(signals);
}

function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  path: readonly string[],
  fault: (fault: ServiceFileFault) => void,
): z.output<S> | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues.slice(0, 20)) {
    const inner = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    const where = [...path, ...inner];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, 20))
        fault({
          message: `${where.join('.')} has no such key as ${key.slice(0, 60)}.`,
          path: [...where, key],
        });
    } else fault({ message: `${where.join('.')}: ${issue.message}.`, path: where });
  }
  return undefined;
}

function toOwnerLimits(read: z.output<typeof dimensions>): OwnerLimits {
  const limits: [string, OwnerLimit][] = [];
  for (const [dimension, given] of Object.entries(read)) {
    if (given === undefined) continue;
    const { max, step, share: part, window } = given;
    limits.push([
      dimension,
      {
        ...(max === undefined ? {} : { max }),
        ...(step === undefined ? {} : { step }),
        ...(part === undefined ? {} : { share: part }),
        ...(window === undefined ? {} : { window: { sum: window.sum, perMinutes: minutes(window.per) } }),
      },
    ]);
  }
  return Object.fromEntries(limits);
}

function minutes(text: string): number {
  const unit = { m: 1, h: 60, d: 1_440 }[text.slice(-1)] ?? 1;
  return Number(text.slice(0, -1)) * unit;
}

function entriesOf(
  value: unknown,
  path: readonly string[],
  fault: (fault: ServiceFileFault) => void,
): readonly [string, unknown][] {
  if (isRecord(value)) return Object.entries(value);
  fault({ message: `${path.join('.')} is not a mapping.`, path });
  return [];
}

function isSection(key: string): key is keyof typeof sections {
  return Object.hasOwn(sections, key);
}
