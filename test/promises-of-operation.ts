import { type Promised, promised } from './promised.js';

const operator = 'packages/operator/test';
const runtime = 'packages/runtime/test';
const http = 'packages/backends/test/http';
const faults = 'packages/backends/test/faults';
const merging = 'packages/domain/test/merging';

const gettingStarted = promised('docs/getting-started.md', 'local', [
  [
    'No catalog, policy, approver or log pipeline is needed',
    `${operator}/init/first-answer.test.ts`,
    'names the workloads that are ill, without a catalog',
  ],
  [
    'what is written here only reads',
    `${operator}/init/init.test.ts`,
    'that only reads, from what the options say, and runs the doctor on it',
  ],
  [
    'nothing is taken that you have not agreed to',
    `${operator}/init/init.test.ts`,
    'and takes what the name suggests only when the person agrees',
  ],
  [
    'is replaced only after you have seen the difference',
    `${operator}/init/init.test.ts`,
    'is shown with the difference and stays where nobody agrees',
  ],
  [
    'With `--yes` a class comes from an option alone',
    `${operator}/init/init.test.ts`,
    'of nobody with --yes, which takes classes from options alone',
  ],
  [
    '`init` ends with exit code 2 and lists what to pass',
    `${operator}/init/init.test.ts`,
    'and says what to pass where nobody can be asked',
  ],
  [
    '`--dry-run` shows the configuration and the entries and writes nothing.',
    `${operator}/init/init.test.ts`,
    'shows configuration and entries and writes nothing',
  ],
  ['with 1 when it did', `${operator}/init/init.test.ts`, 'with exit code 1 when the doctor finds a failure'],
  ['none is taken from an address', `${operator}/init/init.test.ts`, 'no address that holds a password'],
  [
    'takes the entries out of the clients again, and nothing else',
    `${operator}/init/clients.test.ts`,
    'comes back when ours is removed, and nothing else goes',
  ],
  [
    'and the configuration, when init wrote it',
    `${operator}/init/clients.test.ts`,
    'takes the configuration away with --all, and only one that init wrote; records stay',
  ],
  [
    "Other entries, unknown keys and comments of the clients' files stay.",
    `${operator}/init/clients.test.ts`,
    'stays, comments and unknown keys too, with a copy of the whole',
  ],
]);

const doctor = promised('docs/doctor.md', 'local', [
  ['0: nothing failed', `${operator}/doctor/doctor.test.ts`, 'ends with 0 when nothing failed'],
  [
    '1: something did',
    `${operator}/doctor/doctor.test.ts`,
    'shows failures first, each with what to do, and ends with 1',
  ],
  ['2: wrong command line', `${operator}/doctor/doctor.test.ts`, 'ends with 2 for a wrong command line'],
  [
    'a secret written out in it',
    `${operator}/doctor/doctor.test.ts`,
    'fails a secret that stands in the file, without repeating it',
  ],
  [
    'What several servers find alike is shown once.',
    `${operator}/doctor/doctor.test.ts`,
    'reports once what several servers say of the same backend',
  ],
  [
    'At most four backends are asked at once',
    `${runtime}/examine.test.ts`,
    'asks at most four backends at once',
  ],
  [
    'A wrong setting of one port hides no other port.',
    `${runtime}/examine.test.ts`,
    'reports a port whose settings are wrong, and a credential that is not there',
  ],
  [
    'that could apply tier 3 or 4 in production is a failure',
    `${runtime}/examine.test.ts`,
    'fails a write credential that reaches too far in production, and only there',
  ],
  [
    'names and places, never values',
    `${operator}/doctor/exposure.test.ts`,
    'lists hosts and variables, never what they hold',
  ],
  [
    'It is a warning and no failure',
    `${operator}/doctor/exposure.test.ts`,
    'says that nothing is enforced here, warns and does not fail, and keeps the finding without names',
  ],
  [
    'Looking again after the credentials are gone clears it.',
    `${operator}/doctor/exposure.test.ts`,
    'forgets the finding when the next look finds nothing',
  ],
  [
    'readiness item 1 is not passed for production',
    `${runtime}/examine-exposure.test.ts`,
    'fails readiness item 1 where there is a production, for 30 days',
  ],
]);

const network = promised('docs/network.md', 'local', [
  ['the file decides', `${http}/proxy.test.ts`, 'of the environment is not read: one file decides'],
  [
    'the proxy sees the name and port of a system and neither paths nor credentials',
    `${http}/proxy.test.ts`,
    'carries plain HTTP in a tunnel too, so that it sees no path and no credential',
  ],
  [
    'They never appear in an error.',
    `${http}/proxy.test.ts`,
    'that is not there is unavailable, and its password is not shown',
  ],
  ['Loopback always is', `${http}/proxy.test.ts`, 'is left out for what noProxy names and for loopback'],
  [
    'An entry that is none of these stops with an error that shows it.',
    `${http}/direct.test.ts`,
    'an entry that names no host is an error, not a gap: %j',
  ],
  [
    'certificates are trusted beside the authorities that come with Node',
    `${http}/trust.test.ts`,
    'is trusted when network.caFile names it',
  ],
  [
    'A file that cannot be read, or holds no certificate, stops with an error',
    `${http}/trust.test.ts`,
    'in a file that cannot be used stops at once: %s',
  ],
  [
    'When the caller cancels, reading stops and the connection is closed',
    `${faults}/adapters.test.ts`,
    'stops reading when it is cancelled: $kind',
  ],
  ['A write is sent once', `${faults}/writes.test.ts`, 'is sent once, and is left open, after %s'],
  [
    'the error says that the outcome is not known',
    `${faults}/writes.test.ts`,
    'is sent once when nothing is answered until the deadline',
  ],
  [
    'A read is tried up to three times',
    `${http}/documented.test.ts`,
    'the numbers of the page are those that hold',
  ],
  ['An answer is read up to a bound', `${http}/faults.test.ts`, 'stops an endless body after maxBytes'],
  [
    'A redirect is never followed',
    `${http}/faults.test.ts`,
    'takes neither question nor credential elsewhere',
  ],
  [
    'After five calls in a row that found a system unwell',
    `${http}/limits.test.ts`,
    'is left alone after calls in a row that failed, and probed by one call later',
  ],
  [
    "Messages and hints are the suite's own",
    `${faults}/adapters.test.ts`,
    '%s has the right code and shows nothing of what came',
  ],
  [
    'Kubernetes names verb and resource',
    `${faults}/adapters.test.ts`,
    'a credential that is too weak is named with the right it lacks',
  ],
  ['| what happened | code | what to do |', `${http}/documented.test.ts`, '%i is %s, as the page says'],
]);

const several = promised('docs/several-backends.md', 'local', [
  [
    'One that fails is named with the reason in `partial`',
    `${merging}/partial-failure.test.ts`,
    'answer without the one that fails, and say why in our words',
  ],
  [
    'All backends are asked at the same time.',
    `${merging}/partial-failure.test.ts`,
    'are asked at the same time',
  ],
  [
    'When none answers, the error is the one that says most',
    `${merging}/partial-failure.test.ts`,
    'fail together with what says most: %j is %s',
  ],
  [
    'At most one backend of a list has `write`.',
    `${runtime}/ports/several-backends.test.ts`,
    'stop the start: %s',
  ],
  [
    'Changes are planned with it and applied by it.',
    `${runtime}/ports/several-backends.test.ts`,
    'plans and writes with the one that has the write credential',
  ],
  [
    'The fallback is asked when the first backend is unavailable',
    `${runtime}/ports/several-backends.test.ts`,
    'answers for a first that is %s',
  ],
  [
    'A refusal, an unknown name and an unsupported question are answers',
    `${runtime}/ports/several-backends.test.ts`,
    'is not asked when the first says %s',
  ],
  [
    'Plans and changes are made with the first backend alone',
    `${runtime}/ports/several-backends.test.ts`,
    'never plans and never writes',
  ],
  [
    'Questions and falls are counted in the state folder',
    `${runtime}/ports/several-backends.test.ts`,
    'is counted, and the answer says when it stands in too often',
  ],
  ['silenced only where all copies are', `${merging}/alerts.test.ts`, 'are silenced where every copy is'],
  [
    'That there is none is said only when all could be asked',
    `${merging}/other-ports.test.ts`,
    'do not exist only when every system says so',
  ],
  [
    'An unknown name is answered with the closest names that backends show',
    `${operator}/init/first-answer.test.ts`,
    'helps with a name that is nearly right',
  ],
  [
    'Each server is governed as if it ran alone',
    `${runtime}/start/several-servers.test.ts`,
    'record every call under the server that has the tool',
  ],
]);

const benchmarks = promised('docs/benchmarks.md', 'local', [
  [
    'A server that cannot be installed or does not start is left out with a message',
    'test/bench/peers/peers.test.ts',
    'leaves a server out that does not run, and says so',
  ],
]);

/** What the pages about setting up and running the suite promise. */
export const promisesOfOperation: readonly Promised[] = [
  ...gettingStarted,
  ...doctor,
  ...network,
  ...several,
  ...benchmarks,
];
