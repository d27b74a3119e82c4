import { environmentName } from '@devops-mcp/contract';
import { z } from 'zod';

const path = z.string().min(1).max(1024).describe('Path, resolved against the folder of this file');
const entityRef = z
  .string()
  .max(200)
  .regex(
    /^[a-z]+:[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/,
    'expected an entity reference such as group:default/team-payments',
  )
  .describe('Entity reference such as group:default/team-payments');
const slug = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'expected letters, digits, - and _');
const version = z.string().regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/, 'expected a version such as 1.2.3');

/** What a backend reads is checked against the backend's own schema when it is connected. */
const backendFields = {
  use: slug.describe('Name of the backend'),
  as: slug
    .optional()
    .describe(
      'What answers call it, where one backend is used twice behind a port; the value of use if absent',
    ),
};
const write = z
  .looseObject({})
  .optional()
  .describe('Second credential, used only while an approved plan is applied');
const notHere = (why: string) => z.never({ error: why }).optional();

const fallback = z
  .looseObject({
    ...backendFields,
    write: notHere('a fallback only reads'),
    fallback: notHere('a fallback has none of its own'),
  })
  .describe('Asked when the first is unavailable, too slow or over its rate; never for changes and plans');
const backendSettings = z
  .looseObject({ ...backendFields, write, fallback: fallback.optional() })
  .describe('The backend of a port and its settings');
const listedBackend = z.looseObject({
  ...backendFields,
  write,
  fallback: notHere(
    'backends of a list are asked together: one that fails is named, and none stands in for it',
  ),
});
const severalBackends = z
  .array(listedBackend)
  .min(1)
  .max(10)
  .describe('Several backends whose answers are merged, the preferred one first; at most one may write');
const portSettings = z.union([backendSettings, severalBackends]);
const ports = z.record(z.string().min(1).max(63), portSettings);

const environment = section({
  class: z.enum(['production', 'staging', 'development']).describe('How careful the policy is here'),
  ports: ports.default({}).describe('Backends and credentials of this environment alone'),
});

const server = section({
  owner: entityRef,
  killSwitchOwner: entityRef,
  version: version.describe('The version that was reviewed; another one serves no writes'),
});

const approvers = section({
  allowedSigners: path.describe('OpenSSH allowed_signers file'),
  enrolments: path.optional().describe('When and how each signing key was enrolled'),
});

const executor = section({
  id: slug,
  kind: z.enum(['control-plane', 'ci']),
  publicKey: path,
  audit: path.optional().describe("The executor's audit folder, when it can be read from here"),
});

const network = section({
  proxy: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional()
    .describe('Address of the proxy through which backends are reached; HTTPS_PROXY is not read'),
  noProxy: z.array(z.string().min(1).max(253)).max(100).default([]).describe('Hosts reached directly'),
  caFile: path.optional().describe('PEM bundle trusted beside the system authorities'),
});

const shared = {
  version: z.literal(1),
  state: section({ path }).describe('Proposals, approvals, switches, counters and keys'),
  audit: section({ path }).describe('Audit segments'),
  catalog: z.array(path).max(100).default([]).describe('Files and folders with Backstage entities'),
  policy: path.optional().describe('Without it the default policy holds'),
  approvers: approvers.optional(),
  executors: z.array(executor).max(20).default([]),
  servers: z
    .record(slug, server)
    .default({})
    .describe('Owner, switch owner and pinned version of each server'),
  ports: ports.default({}).describe('Backends of every environment, and the only ones of calls without one'),
  network: network.optional().describe('How backends are reached'),
  environments: z.record(environmentName, environment).default({}),
};

const serverFile = section({
  ...shared,
  role: z.literal('server').default('server'),
  identity: section({ stdio: section({ subject: entityRef }) })
    .optional()
    .describe('Who calls over stdio; recorded as asserted'),
  limits: section({
    readsPerMinute: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Calls of one reading tool by one caller; 120 when absent. Changes have limits of their own'),
  }).optional(),
});

const executorFile = section({
  ...shared,
  role: z.literal('executor'),
  executor: section({
    id: slug,
    kind: z.enum(['control-plane', 'ci']).default('control-plane'),
    privateKey: path.describe('Ed25519 key (PKCS#8 PEM) that signs what this executor reports'),
  }),
});

export type ServerFile = z.output<typeof serverFile>;
export type ExecutorFile = z.output<typeof executorFile>;
/** One backend of a port, as written. */
export type BackendSettings = z.output<typeof backendSettings>;
export type PortSettings = z.output<typeof portSettings>;

/** The schema that fits the file's `role`, so that an error never speaks of the other one's keys. */
export function schemaFor(document: unknown): typeof serverFile | typeof executorFile {
  const role =
    typeof document === 'object' && document !== null && 'role' in document ? document.role : undefined;
  return role === 'executor' ? executorFile : serverFile;
}

/** The JSON Schema of devops-mcp.yaml for editors (draft 2020-12). */
export function configurationJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(z.union([serverFile, executorFile]), { io: 'input' });
  return { $schema, title: 'devops-mcp.yaml', ...schema };
}

/** A closed object whose error for an unknown key names the keys that exist. */
function section<const S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown key ${(issue.keys ?? []).map((key) => `"${key}"`).join(', ')}; known here: ${known}`
        : undefined,
  });
}
