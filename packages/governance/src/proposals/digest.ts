import { createHash } from 'node:crypto';
import type { ActionPlan, JsonObject } from '@devops-mcp/contract';
import * as canonicalization from 'canonicalize';
import type { ActionBinding } from '../model.js';

// The package exports one function the CommonJS way and its declaration says otherwise.
const canonicalize = canonicalization.default as unknown as (value: unknown) => string | undefined;

/** RFC 8785 canonical JSON. Throws for what JSON cannot hold, such as NaN. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('a value that is not JSON has no canonical form');
  return text;
}

/**
 * SHA-256, hex, of the canonical JSON of a value after the name of its format and a line feed, so
 * that the digest of one kind of document can never stand for another.
 */
export function digestOf(format: string, value: unknown): string {
  return digestOfText(format, canonicalJson(value));
}

/** As `digestOf`, for text that is already in its exact form. */
export function digestOfText(format: string, text: string): string {
  return createHash('sha256').update(`${format}\n`).update(text).digest('hex');
}

export function bindingDigest(binding: ActionBinding): string {
  return digestOf('devops-mcp/action-binding/v1', binding);
}

export function planDigest(plan: ActionPlan): string {
  return digestOf('devops-mcp/action-plan/v1', plan);
}

/** The id under which a stored document, such as a rollback plan, is kept and attached. */
export function documentDigest(document: JsonObject): string {
  return digestOf('devops-mcp/document/v1', document);
}

export function renderingDigest(rendering: string): string {
  return digestOfText('devops-mcp/rendering/v1', rendering);
}

/** True when two JSON values are the same, whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
