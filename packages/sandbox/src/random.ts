import { createHash } from 'node:crypto';

/** A stream of random numbers that is the same for the same name, on every machine. */
export interface Random {
  /** 0 included to 1 excluded. */
  next(): number;
  /** 0 to `below` - 1. */
  int(below: number): number;
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T;
  /** Log-normal with this median; `sigma` is the spread of the logarithm. */
  skewed(median: number, sigma: number): number;
  /** Lower-case hexadecimal digits; a multiple of eight is cheapest. */
  hex(digits: number): string;
  /** Letters and digits as Kubernetes uses them in generated names. */
  name(length: number): string;
}

const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Ids are the most frequent thing that is drawn: looking digits up is faster than formatting numbers. */
const hexPairs = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** Small fast counter generator (sfc32), seeded by the SHA-256 of the name. */
export function createRandom(name: string): Random {
  const digest = createHash('sha256').update(name).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);

  function bits(): number {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  }

  const next = () => bits() / 4_294_967_296;
  const int = (below: number) => Math.floor(next() * below);
  return {
    next,
    int,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick<T>(list: readonly T[]): T {
      const chosen = list[int(list.length)];
      if (chosen === undefined) throw new RangeError('Nothing to pick from.');
      return chosen;
    },
    skewed: (median, sigma) => median * Math.exp(sigma * normal(next)),
    hex(digits) {
      let text = '';
      while (text.length < digits) {
        const value = bits();
        text +=
          (hexPairs[value >>> 24] ?? '') +
          (hexPairs[(value >>> 16) & 255] ?? '') +
          (hexPairs[(value >>> 8) & 255] ?? '') +
          (hexPairs[value & 255] ?? '');
      }
      return text.length === digits ? text : text.slice(0, digits);
    },
    name: (length) => Array.from({ length }, () => nameAlphabet[int(nameAlphabet.length)]).join(''),
  };
}

/** Box-Muller; one of the two values is thrown away so that a stream's state is its count of draws. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
