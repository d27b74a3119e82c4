import { z } from 'zod';
import { systemFields } from '../http/system-config.js';

const labelName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is a label name: letters, digits and _');

export const conventions = [
  'opentelemetry',
  'spring',
  'istio',
  'envoy',
  'percentile-gauges',
  'custom',
] as const;

export const prometheusConfig = z.strictObject({
  ...systemFields,
  labels: z
    .strictObject({
      service: labelName.optional(),
      instance: labelName.optional(),
      version: labelName.optional(),
      operation: labelName.optional(),
    })
    .default({})
    .describe(
      'Labels that name a service, an instance, a version, an operation, where they are not the usual ones',
    ),
  matchers: z
    .record(labelName, z.string().max(500))
    .refine((matchers) => Object.keys(matchers).length <= 10, 'has at most ten labels')
    .default({})
    .describe('Labels that every series must have, such as cluster: prod'),
  stepSeconds: z
    .number()
    .min(1)
    .max(3_600)
    .optional()
    .describe('Scrape interval; found from the data when absent'),
  conventions: z
    .array(z.enum(conventions))
    .min(1)
    .max(conventions.length)
    .optional()
    .describe('Only these naming conventions are tried'),
});

export type PrometheusConfig = z.output<typeof prometheusConfig>;
