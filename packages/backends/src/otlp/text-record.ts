import { isFields } from './decode/values.js';

/** The attributes of a row, which are stored as a JSON object of text. */
export function textRecord(json: string | null): Readonly<Record<string, string>> {
  if (json === null) return {};
  const parsed: unknown = JSON.parse(json);
  if (!isFields(parsed)) return {};
  const record: Record<string, string> = {};
  for (const [key, value] of Object.entries(parsed)) if (typeof value === 'string') record[key] = value;
  return record;
}
