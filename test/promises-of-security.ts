import { type Promised, promised } from './promised.js';

const governance = 'packages/governance/test';
const endToEnd = 'test/end-to-end';

const attacks = 'test/attacks';

const local = promised('SECURITY.md', 'local', [
  [
    '`devops-mcp audit verify` finds an edit, a deletion and a reordering.',
    `${endToEnd}/audit-verify.test.ts`,
    'finds %s and where it begins, with exit code 1',
  ],
  [
    'An answer to a question in the client shows that the client answered',
    `${endToEnd}/confirm-in-client.test.ts`,
    'is asked again when a first call brings an answer with it',
  ],
  ['HTTP beyond loopback is refused.', `${endToEnd}/start-errors.test.ts`, 'with wrong flags: %s'],
  [
    'Input is strict; what is not declared is refused.',
    `${governance}/road/reads.test.ts`,
    'refuses unknown arguments, names the valid ones and the closest',
  ],
  [
    'Answers are checked against their schema',
    `${governance}/road/reads.test.ts`,
    'makes wrong output an internal error',
  ],
  [
    'redacted and bounded',
    `${governance}/road/reads.test.ts`,
    'refuses an answer over the declared size and says how to narrow it',
  ],
  [
    'No action is a direct call.',
    'packages/runtime/test/mcp/server-factory.test.ts',
    'publishes reads as they are and actions as proposals alone',
  ],
  [
    'a stale plan',
    `${governance}/proposals/recheck.test.ts`,
    'a changed live state refuses, and the plan is not made anew',
  ],
  [
    'a changed argument',
    `${governance}/proposals/recheck.test.ts`,
    'arguments that the schema reads differently than they stand refuse',
  ],
  ['a changed tool', `${governance}/proposals/recheck.test.ts`, 'a changed definition refuses'],
  [
    'a stricter policy refuses it',
    `${governance}/proposals/recheck.test.ts`,
    'a stricter policy refuses, another one that asks no more does not',
  ],
  [
    "Owners' limits",
    `${governance}/blast-radius/blast-radius.test.ts`,
    'lets 3 to 5 pass and refuses 3 to 100, with every limit that is passed',
  ],
  [
    'kill switches',
    `${endToEnd}/switches.test.ts`,
    'a switch thrown in one process refuses the next call in another',
  ],
  [
    'rate limits hold',
    `${governance}/limits-rate/rate-limiter.test.ts`,
    'keeps counting writes across a restart of the process',
  ],
  [
    'actions, refusals, approvals and switches before they take effect',
    `${governance}/proposals/execute-approved.test.ts`,
    'an intent that cannot be written applies nothing',
  ],
  ['finds an edit', `${governance}/audit/verify-audit.test.ts`, 'finds an edit in any record'],
  [
    'a deletion',
    `${governance}/audit/verify-audit.test.ts`,
    'finds a record removed from the beginning or the middle',
  ],
  ['a reordering', `${governance}/audit/verify-audit.test.ts`, 'finds records in another order'],
  [
    'It is recorded as `client-attested` and never suffices for tier 3.',
    `${governance}/approvals/approval.test.ts`,
    'is not satisfied at tier 3 by the client',
  ],
  [
    'HTTP listens on loopback only, without authentication, and serves read-only tools alone.',
    'packages/runtime/test/http/serve-http.test.ts',
    'refuses actions, since nobody is authenticated',
  ],
  [
    'Anyone switching writes off',
    `${governance}/switchboard/switchboard.test.ts`,
    'on writes lets reads pass, on all stops them',
  ],
  [
    'A cut tail of an audit log',
    `${governance}/audit/verify-audit.test.ts`,
    'can be cut at a line feed without showing, except by the hash noted before',
  ],
  [
    'Tier 4 actions (destructive or high blast radius) are refused',
    `${governance}/proposals/propose.test.ts`,
    'refuses tier 4 whatever else is brought',
  ],
  [
    '`when:` conditions in a policy are refused as an unknown key, never ignored.',
    `${governance}/policy/policy-file.test.ts`,
    '%#: is refused with file and line',
  ],
  [
    'never expanded into addresses',
    'packages/runtime/test/ports/connect-ports.test.ts',
    'expands variables in credentials and nowhere else',
  ],
  [
    'What a vendor said in an error reaches the audit record, redacted, and no caller.',
    'packages/runtime/test/mcp/server-factory.test.ts',
    'keeps what a vendor said from the client',
  ],
  [
    'stops its start, whatever the configuration says of it',
    'packages/runtime/test/ports/connect-ports.test.ts',
    'refuses a credential that reaches tier 3 in production',
  ],
  [
    'lists them by name and place, never by value',
    'packages/operator/test/doctor/exposure.test.ts',
    'lists hosts and variables, never what they hold',
  ],
  [
    'a server applies nothing in production itself',
    'packages/runtime/test/examine-exposure.test.ts',
    'fails readiness item 1 where there is a production, for 30 days',
  ],
  [
    'both generated from what the code asks for',
    'packages/backends/test/kubernetes/changes/reach.test.ts',
    'is the one in the documents',
  ],
  [
    'writes configurations without a write side',
    'packages/operator/test/init/init.test.ts',
    'that only reads, from what the options say, and runs the doctor on it',
  ],
  [
    'a redirect is never followed',
    'packages/backends/test/http/faults.test.ts',
    'takes neither question nor credential elsewhere',
  ],
  [
    'of which keys are shown and no values',
    'packages/backends/test/kubernetes/history.test.ts',
    'are told of beside the rollouts that they made, with keys and no values',
  ],
]);

const executor = promised('SECURITY.md', 'executor', [
  [
    'It has its own configuration, policy, catalog, signers, store, audit and credential.',
    `${attacks}/requester-side.test.ts`,
    'on its own side an agent edits, and even deceives both approvers; the executor refuses',
  ],
  [
    'holds against an agent that owns everything of the requester',
    `${attacks}/requester-side.test.ts`,
    'on its own side an agent forges approvals; the executor counts none',
  ],
  [
    'To it a request is untrusted input',
    `${attacks}/request-fields.test.ts`,
    'a request that lies, with true signatures over the lie',
  ],
  [
    'neither of whom is the requester',
    `${attacks}/requester-side.test.ts`,
    'who it is: one of the two approvers',
  ],
  [
    'environment, tier, verdict, limits, plan and rendering are derived again, and any difference is refused',
    `${governance}/executor/executor-refuses.test.ts`,
    'every field that an attacker rebinds, even with true signatures over it',
  ],
  [
    'Approvals count by signature over the digest of everything that was shown.',
    `${governance}/approvals/approval.test.ts`,
    'for another proposal, another decision or another moment than was signed',
  ],
  [
    'a dated enrolment record and a security key whose signature shows presence and verification',
    `${governance}/approvals/approval.test.ts`,
    'counts by an enrolled device whose user was present and verified',
  ],
  [
    "A key's type alone proves nothing.",
    `${governance}/approvals/approval.test.ts`,
    'does not count by a plain key or a device that nobody enrolled',
  ],
  [
    'production needs two distinct approvers',
    `${governance}/executor/executor-refuses.test.ts`,
    'a requester who claims to be proven: two people are needed all the same',
  ],
  [
    "An approval is consumed once, in the executor's own store.",
    `${endToEnd}/race.test.ts`,
    'of twelve executor processes with one approved request exactly one applies it',
  ],
]);

/** What SECURITY.md promises, and where it holds. */
export const promisesOfSecurity: readonly Promised[] = [...local, ...executor];
