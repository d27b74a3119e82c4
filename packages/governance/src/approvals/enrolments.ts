import { ToolError } from '@devops-mcp/contract';
import { parse } from 'yaml';
import { z } from 'zod';

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine((value) => !Number.isNaN(Date.parse(value)), 'no such day');

const enrolment = z.strictObject({
  /** The person whom the key stands for: an entity reference or an address. */
  person: z.string().min(1).max(200),
  roles: z
    .array(z.enum(['approver']))
    .min(1)
    .max(5),
  /** Environments by name. */
  environments: z.array(z.string().min(1).max(40)).min(1).max(50),
  /** Owning groups whose services the person may approve for; absent: all. */
  owners: z.array(z.string().min(1).max(200)).min(1).max(200).optional(),
  enrolled: day,
  /** Who checked and enrolled the key. */
  by: z.string().min(1).max(200),
  /** `attestation`: the device's own was checked. `record`: somebody saw the device and wrote it down. */
  evidence: z.enum(['attestation', 'record']),
  hardware: z.boolean(),
  note: z.string().max(500).optional(),
});
export type Enrolment = z.output<typeof enrolment>;

const fileSchema = z.strictObject({
  version: z.literal(1),
  keys: z.record(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/), enrolment),
});

/**
 * Reads `enrolments.yaml`: which key stands for which person, since when, and how that was checked.
 * @returns enrolments by the key's fingerprint.
 * @throws ToolError `invalid_input` for a file that is not exactly of that shape.
 */
export function parseEnrolments(text: string): ReadonlyMap<string, Enrolment> {
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0, uniqueKeys: true });
  } catch (cause) {
    throw new ToolError('invalid_input', 'enrolments.yaml cannot be read as YAML.', { cause });
  }
  const parsed = fileSchema.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ToolError(
      'invalid_input',
      `enrolments.yaml: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'malformed'}.`,
      { hint: 'It has `version: 1` and `keys`, a map from SHA256 fingerprints to enrolments.' },
    );
  }
  return new Map(Object.entries(parsed.data.keys));
}
