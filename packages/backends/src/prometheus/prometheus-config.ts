import { z } from 'zod';

const path = z.string().min(1).max(1_000);
const labelName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is a label name: letters, digits and _');
const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9-]+$/, 'is a header name: letters, digits and -');

export const conventions = [
  'opentelemetry',
  'spring',
  'istio',
  'envoy',
  'percentile-gauges',
  'custom',
] as const;

export const prometheusConfig = z.strictObject({
  address: z
    .string()
    .max(500)
    .refine(isPlainAddress, 'is an http or https address without user, query or fragment')
    .describe('Where the HTTP API is, a path prefix included, such as https://example.com/prometheus'),
  credential: z.string().min(1).max(10_000).optional().describe('A token, or user:password for scheme basic'),
  scheme: z.enum(['bearer', 'basic']).default('bearer').describe('How the credential is sent'),
  tenant: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\x21-\x7e]+$/, 'is one word')
    .optional()
    .describe('Tenant of a store that several share, sent as X-Scope-OrgID'),
  tenantHeader: headerName.default('X-Scope-OrgID').describe('Another header for the tenant'),
  caFile: path.optional().describe('PEM file of the authorities that are trusted beside the usual ones'),
  certFile: path.optional().describe('PEM file of the client certificate'),
  keyFile: path.optional().describe('PEM file of the key of the client certificate'),
  serverName: z.string().min(1).max(253).optional().describe('Name that the certificate must have'),
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

/** A secret in an address would reach logs and links. */
function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && search === '' && hash === '';
}
