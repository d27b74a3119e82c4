import type { Json } from '@devops-mcp/contract';
import type { Redactor } from '../collaborators.js';
import { withoutHidden } from './hidden-characters.js';
import { isSecretKey, namedSecret, withoutNamedSecrets } from './named-secrets.js';
import { isIdentifierKey, withoutOpaque } from './opaque-strings.js';
import { found, prescan } from './prescan.js';
import { withoutAuthorization, withoutProviderShapes, withoutUrlPasswords } from './provider-shapes.js';

const deepest = 64;
const rememberedKeys = 2_000;

interface KeyFacts {
  readonly clean: string;
  readonly secret: boolean;
  readonly identifier: boolean;
}

/**
 * The one choke point for everything that leaves the suite. Every pattern takes time linear in the
 * text. Clean values are given back as they are, without a copy.
 */
export function createRedactor(): Redactor {
  const keys = new Map<string, KeyFacts>();
  const factsOf = (key: string): KeyFacts => {
    const remembered = keys.get(key);
    if (remembered !== undefined) return remembered;
    const facts = {
      clean: cleanText(key, false),
      secret: isSecretKey(key),
      identifier: isIdentifierKey(key),
    };
    // Keys repeat; those of a map by id do not, and must not fill the memory.
    if (keys.size < rememberedKeys) keys.set(key, facts);
    return facts;
  };
  return {
    // The copy has the shape of the original: strings stay strings, keys stay keys. A number or an
    // object under a secret name becomes text, which the caller's type does not say.
    json: (value) =>
      cleanJson(value, { factsOf, secret: false, identifier: false, depth: 0 }) as typeof value,
    text: (value) => cleanText(value, false),
  };
}

interface Place {
  readonly factsOf: (key: string) => KeyFacts;
  readonly secret: boolean;
  readonly identifier: boolean;
  readonly depth: number;
}

function cleanJson(value: Json, place: Place): Json {
  if (typeof value === 'string') return place.secret ? hideText(value) : cleanText(value, place.identifier);
  if (typeof value === 'number') return place.secret ? namedSecret : value;
  if (typeof value !== 'object' || value === null) return value;
  if (place.depth >= deepest) return '[redacted: nested too deep]';
  return isList(value) ? cleanList(value, place) : cleanObject(value, place);
}

function hideText(value: string): string {
  return value === '' || /^\[redacted(?::[a-z-]+)?\]$/.test(value) ? value : namedSecret;
}

function isList(value: readonly Json[] | { readonly [key: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}

function cleanList(list: readonly Json[], place: Place): Json {
  const below = { ...place, depth: place.depth + 1 };
  let copy: Json[] | undefined;
  for (const [index, before] of list.entries()) {
    const after = cleanJson(before, below);
    if (after === before) continue;
    copy ??= [...list];
    copy[index] = after;
  }
  return copy ?? list;
}

function cleanObject(object: { readonly [key: string]: Json }, place: Place): Json {
  const namesSecret = isNamedPair(object, place);
  let changed = false;
  const entries: [string, Json][] = [];
  for (const key of Object.keys(object)) {
    const before = object[key] ?? null;
    const { clean, secret, identifier } = place.factsOf(key);
    const after = cleanJson(before, {
      factsOf: place.factsOf,
      secret: place.secret || secret || (namesSecret && key === 'value'),
      identifier,
      depth: place.depth + 1,
    });
    if (clean !== key || after !== object[key]) changed = true;
    entries.push([clean, after]);
  }
  // Unlike assignment, this makes an own property of the key `__proto__` too.
  return changed ? Object.fromEntries(entries) : object;
}

/** `{ name: 'DB_PASSWORD', value: '...' }`: environment variables and telemetry attributes are written so. */
function isNamedPair(object: { readonly [key: string]: Json }, place: Place): boolean {
  if (!Object.hasOwn(object, 'value')) return false;
  const name = Object.hasOwn(object, 'name') ? object.name : object.key;
  return typeof name === 'string' && place.factsOf(name).secret;
}

function cleanText(text: string, identifier: boolean): string {
  let bits = prescan(text);
  let clean = text;
  if ((bits & found.unusual) !== 0) {
    clean = withoutHidden(text);
    // What was hidden may have divided a credential.
    if (clean !== text) bits = prescan(clean);
  }
  if ((bits & found.assignment) !== 0) clean = withoutUrlPasswords(clean);
  if ((bits & found.token) !== 0) clean = withoutProviderShapes(clean);
  if ((bits & found.short) !== 0) clean = withoutAuthorization(clean);
  if ((bits & (found.assignment | found.option)) !== 0) clean = withoutNamedSecrets(clean);
  return (bits & found.token) !== 0 && !identifier ? withoutOpaque(clean) : clean;
}
