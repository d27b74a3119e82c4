import { z } from 'zod';

const path = z.string().min(1).max(1_000);
const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9-]+$/, 'is a header name: letters, digits and -');

/** Keys of a configuration that say how one system is reached, for a strict object of the backend. */
export const systemFields = {
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
    .describe('Tenant of a system that several share, sent as X-Scope-OrgID'),
  tenantHeader: headerName.default('X-Scope-OrgID').describe('Another header for the tenant'),
  caFile: path.optional().describe('PEM file of the authorities that are trusted beside the usual ones'),
  certFile: path.optional().describe('PEM file of the client certificate'),
  keyFile: path.optional().describe('PEM file of the key of the client certificate'),
  serverName: z.string().min(1).max(253).optional().describe('Name that the certificate must have'),
};

export type SystemSettings = z.output<z.ZodObject<typeof systemFields>>;

/** A secret in an address would reach logs and links. */
function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && search === '' && hash === '';
}
