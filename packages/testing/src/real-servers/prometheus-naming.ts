export type MetricKind = 'gauge' | 'counter' | 'histogram';

const units: Readonly<Record<string, string>> = {
  ...{ d: 'days', h: 'hours', min: 'minutes', s: 'seconds', ms: 'milliseconds', us: 'microseconds' },
  ...{ ns: 'nanoseconds', By: 'bytes', KiBy: 'kibibytes', MiBy: 'mebibytes', GiBy: 'gibibytes' },
  ...{ TiBy: 'tibibytes', KBy: 'kilobytes', MBy: 'megabytes', GBy: 'gigabytes', TBy: 'terabytes' },
  ...{ m: 'meters', V: 'volts', A: 'amperes', J: 'joules', W: 'watts', g: 'grams' },
  ...{ Cel: 'celsius', Hz: 'hertz', '%': 'percent', '1': '' },
};
const perUnits: Readonly<Record<string, string>> = {
  ...{ s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' },
};

/**
 * The name of the family that an OTLP metric becomes, units spelled out and each suffix once; a
 * counter's samples have `_total` behind it. Rules: OpenTelemetry specification, Prometheus and
 * OpenMetrics compatibility, "OTLP metric points to Prometheus".
 */
export function familyName(name: string, unit: string, kind: MetricKind): string {
  const words = name.split(/[^A-Za-z0-9:]+/).filter((word) => word !== '');
  const [main = '', per = ''] = unit.split('/', 2).map((part) => part.trim());
  const known = (part: string, names: Readonly<Record<string, string>>) =>
    /[{}]/.test(part) ? '' : (names[part] ?? part.replaceAll(/[^A-Za-z0-9]+/g, ''));
  const add = (suffix: string) => {
    if (suffix !== '' && !words.includes(suffix)) words.push(suffix);
  };
  add(known(main, units));
  const perUnit = known(per, perUnits);
  if (perUnit !== '' && !words.includes(perUnit)) words.push('per', perUnit);
  const last = (suffix: string) => [...words.filter((word) => word !== suffix), suffix];
  const named = unit === '1' && kind === 'gauge' ? last('ratio') : words;
  const text = (kind === 'counter' ? named.filter((word) => word !== 'total') : named).join('_');
  return /^\d/.test(text) ? `_${text}` : text;
}

/** An attribute's key as a label name. */
export function labelName(key: string): string {
  const name = key.replaceAll(/[^A-Za-z0-9_]/g, '_');
  if (/^\d/.test(name)) return `key_${name}`;
  return name.startsWith('_') && !name.startsWith('__') ? `key${name}` : name;
}
