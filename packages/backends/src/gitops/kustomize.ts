import { asCount, asEntries, asList, asText, at, type Place } from './document.js';
import type { Draft } from './manifest-draft.js';

/** Adds what a kustomization changes: `images`, `replicas`, generated ConfigMaps and Secrets. */
export function readKustomization(draft: Draft, document: unknown, file: Omit<Place, 'keys'>): void {
  readImages(draft, document, file);
  for (const [index, entry] of asList(at(document, 'replicas')).entries()) {
    const count = asCount(at(entry, 'count'));
    const name = asText(at(entry, 'name'));
    if (count === undefined || (draft.workload !== undefined && name !== draft.workload)) continue;
    draft.replicas = count;
    draft.replicasPlace = { ...file, keys: ['replicas', index, 'count'] };
  }
  for (const [index, generator] of asList(at(document, 'configMapGenerator')).entries()) {
    for (const [line, literal] of asList(at(generator, 'literals')).entries())
      readLiteral(draft, literal, { ...file, keys: ['configMapGenerator', index, 'literals', line] });
  }
  for (const generator of asList(at(document, 'secretGenerator')))
    draft.secretReferences.add(asText(at(generator, 'name')) ?? 'secret');
  for (const [key, value] of asEntries(at(document, 'commonAnnotations'))) {
    const text = asText(value);
    if (/restart/i.test(key) && text !== undefined) draft.restarts[key] = text;
  }
}

function readImages(draft: Draft, document: unknown, file: Omit<Place, 'keys'>): void {
  const current = draft.image?.value;
  const entries = asList(at(document, 'images'));
  const named = entries.findIndex((entry) => {
    const name = asText(at(entry, 'name'));
    if (name === undefined) return false;
    return current === undefined ? name.includes(draft.service) : repositoryOf(current) === name;
  });
  // With the base outside the folder there is nothing to compare with; a single entry is meant.
  const index = named < 0 && current === undefined && entries.length === 1 ? 0 : named;
  if (index < 0) return;
  const entry = entries[index];
  const repository = asText(at(entry, 'newName')) ?? asText(at(entry, 'name')) ?? '';
  const tag = asText(at(entry, 'newTag'));
  const digest = asText(at(entry, 'digest'));
  const kept = current === undefined ? '' : current.slice(repositoryOf(current).length);
  const suffix =
    digest !== undefined
      ? `${tag === undefined ? '' : `:${tag}`}@${digest}`
      : tag === undefined
        ? kept
        : `:${tag}`;
  const key = digest !== undefined ? 'digest' : 'newTag';
  draft.image = { value: `${repository}${suffix}`, place: { ...file, keys: ['images', index, key] } };
}

function readLiteral(draft: Draft, literal: unknown, place: Place): void {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(asText(literal) ?? '') ?? [];
  if (key !== undefined && value !== undefined)
    draft.configuration.set(key, { value, place: { ...place, prefix: `${key}=` } });
}

/** An image name without tag and digest; a colon before the last slash is a port. */
function repositoryOf(image: string): string {
  const plain = image.split('@')[0] ?? image;
  const slash = plain.lastIndexOf('/');
  const colon = plain.indexOf(':', slash + 1);
  return colon < 0 ? plain : plain.slice(0, colon);
}
