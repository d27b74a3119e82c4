import { type Promised, promised } from './promised.js';
import { promisesOfBackends } from './promises-of-backends.js';
import { promisesOfOperation } from './promises-of-operation.js';
import { promisesOfSecurity } from './promises-of-security.js';

const governance = 'packages/governance/test';
const endToEnd = 'test/end-to-end';

const architecture = promised('ARCHITECTURE.md', 'local', [
  [
    'Dependencies point **one way**, and a test says so.',
    'test/structure/import-direction.test.ts',
    'imports point one way',
  ],
  [
    'the tables of the README, pins, schemas, CODEOWNERS checks',
    'test/structure/generated.test.ts',
    'are what the definitions say: npm run generate would change nothing',
  ],
  [
    'Resources, prompts and completions travel the same road',
    `${governance}/road/reads.test.ts`,
    'resources, prompts and completions travel the same road',
  ],
  [
    'consumes the approval once',
    `${governance}/proposals/execute-approved.test.ts`,
    'is applied once by twelve executions at the same moment',
  ],
  [
    "the port's own rule joins their answers and tools see one system",
    'packages/runtime/test/ports/several-backends.test.ts',
    'answers as one, each opened once',
  ],
  [
    'closed error codes with upstream text only as the cause',
    'packages/backends/test/http/faults.test.ts',
    'keeps what the system said as the cause, for the audit record alone',
  ],
  [
    'An adapter answers no data, not allowed, not there and not reachable as four different things.',
    'packages/backends/test/faults/adapters.test.ts',
    '%s has the right code and shows nothing of what came',
  ],
]);

const readme = promised('README.md', 'local', [
  [
    'no catalog, policy or approver is needed',
    'packages/operator/test/init/first-answer.test.ts',
    'comes after a doctor that asked the real systems and found no failure',
  ],
  [
    '`init --dry-run` writes nothing',
    'packages/operator/test/init/init.test.ts',
    'shows configuration and entries and writes nothing',
  ],
  [
    '`init --remove` undoes it',
    'packages/operator/test/init/clients.test.ts',
    'takes away the files that were made, in every client, and leaves the configuration',
  ],
  [
    'Each page has the configuration, the permissions to copy, what each tool asks, and what it cannot do.',
    'test/structure/backend-pages.test.ts',
    '%s has the four sections in their order',
  ],
  [
    'Several servers as one process and one entry',
    'packages/suite/test/suite.test.ts',
    'publish exactly what they publish alone',
  ],
  [
    'ranks suspects with the evidence for and against each',
    `packages/operator/test/brief/brief-of-sandboxes.test.ts`,
    'finds what is wrong: %s',
  ],
  [
    'The servers speak stdio to both protocol eras (2025-11-25 and 2026-07-28).',
    'test/conformance/fixture-server.test.ts',
    'passes every scenario required for',
  ],
  ['narrow what one serves', 'packages/runtime/test/surface/pins.test.ts', 'can only be narrowed'],
  [
    'Policy decides on tier and environment, with default deny, and on floors that no file can weaken.',
    `${governance}/policy/policy.test.ts`,
    'the default policy, every tier in every class',
  ],
  [
    'what people approve is the digest of everything they were shown',
    `${governance}/proposals/rendering.test.ts`,
    'of a binding changes with every field',
  ],
  [
    'confirmed in the client by typing the target',
    `${governance}/proposals/execute-in-client.test.ts`,
    'asks a person to type the target, then applies once and reads back',
  ],
  [
    'derives everything again, and applies it once',
    `${governance}/executor/executor.test.ts`,
    'applies what two enrolled people approved, once, and reports it signed',
  ],
  [
    'a stale plan is refused, never replanned',
    `${governance}/proposals/recheck.test.ts`,
    'a changed live state refuses, and the plan is not made anew',
  ],
  [
    'largest value, step, share, and sum within a window',
    `${governance}/blast-radius/blast-radius.test.ts`,
    'refuses 3 to 5 to 7 to 9 by steps, until the window has passed',
  ],
  [
    'for every process of the machine, at the next call',
    `${endToEnd}/switches.test.ts`,
    'a switch thrown in one process refuses the next call in another',
  ],
]);

/** Every promise of the documents; those of their own pages stand beside this file. */
export const promises: readonly Promised[] = [
  ...promisesOfSecurity,
  ...architecture,
  ...readme,
  ...promisesOfOperation,
  ...promisesOfBackends,
];
