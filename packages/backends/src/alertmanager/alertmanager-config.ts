import { z } from 'zod';
import { usualLabelNames } from '../alert-model/read-facts.js';
import { systemFields } from '../http/system-config.js';

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

export const alertmanagerConfig = z.strictObject({
  ...systemFields,
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
      ...systemFields,
      /** What this Prometheus adds to alerts as it sends them (`external_labels`), since its own series lack it. */
      externalLabels: labels.default({}),
    })
    .optional(),
  /** Makes silences; without a credential of its own, the requests carry none. */
  write: z.strictObject({ credential: systemFields.credential, scheme: systemFields.scheme }).optional(),
});

export type AlertmanagerConfig = z.output<typeof alertmanagerConfig>;
