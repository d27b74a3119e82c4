import { z } from 'zod';
import { usualLabelNames } from '../alert-model/read-facts.js';

const path = z.string().min(1).max(1000);
const label = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a label name');
const labels = z.record(label, z.string().max(500));
const names = (usual: readonly string[]) =>
  z
    .array(label)
    .min(1)
    .max(20)
    .default([...usual]);
const scheme = z.enum(['bearer', 'basic']).default('bearer');

/** How one system is reached; `credential` is a bearer token, or `user:password` with `scheme: basic`. */
const access = {
  address: z
    .string()
    .max(500)
    .refine(isPlainAddress, 'is an http or https address without user, query or fragment'),
  credential: z.string().min(1).max(10_000).optional(),
  scheme,
  /** The tenant of a system that serves several, such as Mimir. */
  tenant: z
    .string()
    .max(200)
    .regex(/^[\x21-\x7e]+$/, 'is one word')
    .optional(),
  tenantHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/)
    .default('X-Scope-OrgID'),
  /** PEM: authorities that are trusted beside the usual ones. */
  caFile: path.optional(),
  /** PEM: the client certificate and its key. */
  certFile: path.optional(),
  keyFile: path.optional(),
};

export const alertmanagerConfig = z.strictObject({
  ...access,
  /** Only alerts with all these labels, for an Alertmanager that several environments share. */
  match: labels.optional(),
  /** Labels that name the service, the instance and the severity, the most telling first. */
  labels: z
    .strictObject({
      service: names(usualLabelNames.service),
      instance: names(usualLabelNames.instance),
      severity: names(usualLabelNames.severity),
    })
    .prefault({}),
  /** The Prometheus that evaluates the rules: its series ALERTS are what Alertmanager forgets. */
  history: z
    .strictObject({
      ...access,
      /** What this Prometheus adds to alerts as it sends them (`external_labels`), since its own series lack it. */
      externalLabels: labels.default({}),
    })
    .optional(),
  /** Makes silences; without a credential of its own, the requests carry none. */
  write: z.strictObject({ credential: z.string().min(1).optional(), scheme }).optional(),
});

export type AlertmanagerConfig = z.output<typeof alertmanagerConfig>;
export type AccessSettings = Pick<AlertmanagerConfig, keyof typeof access>;

/** A secret in an address would reach logs and links. */
function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && search === '' && hash === '';
}
