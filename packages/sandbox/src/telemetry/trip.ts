import type { Random } from '../random.js';

/** One request on its way through the shop. */
export interface Trip {
  /** Empty until something is written of the trip: most small sandboxes write nothing of most trips. */
  traceId: string;
  /** Its spans are exported. */
  readonly sampled: boolean;
  /** All its log lines are written; warnings and errors always are. */
  readonly logged: boolean;
  readonly values: Map<string, string>;
}

const carriers = ['parcel-north', 'blue-post', 'city-bike'] as const;
const methods = ['card', 'card', 'wallet', 'invoice'] as const;

/** Things that stay the same on a whole trip; everything else is drawn anew for each line. */
const constants: Readonly<Record<string, (random: Random) => string>> = {
  order: (random) => `ord_${random.hex(8)}${random.hex(8)}`.slice(0, 14),
  cart: (random) => `cart_${random.hex(8)}`,
  payment: (random) => `pay_${random.hex(8)}${random.hex(8)}`.slice(0, 16),
  reference: (random) => `ch_${random.hex(16)}`,
  user: (random) => String(100_000 + random.int(80_000)),
  id: (random) => random.hex(8),
  sku: (random) => `SKU-${1_000 + random.int(4_200)}`,
  amount: (random) => String(499 + random.int(24_000)),
  method: (random) => random.pick(methods),
  carrier: (random) => random.pick(carriers),
};

const passing: Readonly<Record<string, (random: Random) => string>> = {
  few: (random) => String(1 + random.int(6)),
  count: (random) => String(8 + random.int(230)),
  ms: (random) => String(3 + random.int(60)),
  score: (random) => (random.int(6_000) / 10_000).toFixed(4),
};

/** Fills `{order}` and the like. */
export function createFiller(random: Random): (template: string, trip: Trip) => string {
  const parsed = new Map<string, readonly string[]>();
  return (template, trip) => {
    let parts = parsed.get(template);
    if (parts === undefined) {
      parts = template.split(/\{([a-z]+)\}/);
      parsed.set(template, parts);
    }
    let filled = parts[0] ?? '';
    for (let i = 1; i < parts.length; i += 2)
      filled += textFor(parts[i] ?? '', trip, random) + (parts[i + 1] ?? '');
    return filled;
  };
}

function textFor(name: string, trip: Trip, random: Random): string {
  const fresh = passing[name];
  if (fresh !== undefined) return fresh(random);
  const known = trip.values.get(name);
  if (known !== undefined) return known;
  const value = constants[name]?.(random) ?? `{${name}}`;
  trip.values.set(name, value);
  return value;
}
