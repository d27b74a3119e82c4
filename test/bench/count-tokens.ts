import { countTokens as count } from 'gpt-tokenizer/encoding/o200k_base';

/** Tokens of o200k_base; what is no text is counted as the JSON that travels. */
export function countTokens(value: unknown): number {
  return count(typeof value === 'string' ? value : JSON.stringify(value));
}
