import { type Promised, promised } from './promised.js';

const backends = 'packages/backends/test';
const kubernetes = `${backends}/kubernetes`;

const cluster = promised('docs/backends/kubernetes.md', 'local', [
  [
    'nothing outside is read or changed, whatever the credential may',
    `${kubernetes}/connection.test.ts`,
    'is within the allowed namespaces, and nothing else is asked for',
  ],
  [
    'every other request for secrets is refused here before it is sent',
    `${kubernetes}/connection.test.ts`,
    'is never a secret, whatever the credential may',
  ],
  [
    "`true` reads Helm's releases too; default `false`",
    `${kubernetes}/history.test.ts`,
    'are not asked for unless the configuration says so',
  ],
  [
    'has a service account with exactly what reading needs',
    `${kubernetes}/examine.test.ts`,
    'finds nothing wrong with a credential that has the rules of the manifest and no others',
  ],
  ['names those that are missing', `${kubernetes}/examine.test.ts`, 'names the rule that is missing'],
  [
    'warns of those that reading does not need',
    `${kubernetes}/examine.test.ts`,
    'warns of rights that reading does not need',
  ],
  [
    'one request for every 50 objects, one after the other',
    `${kubernetes}/workloads.test.ts`,
    'reads 5,000 pods a page at a time, one request after the other, and answers briefly',
  ],
  [
    'is named in `partial` with the right that is missing',
    `${kubernetes}/workloads.test.ts`,
    'says what could not be read beside it, and which right is missing',
  ],
  [
    'Environment variables, arguments and annotations that look like secrets are masked',
    `${kubernetes}/history.test.ts`,
    'shows no secret in differences, of values and of arguments',
  ],
  [
    'There are no migration files, commits or pull requests in a cluster',
    `${kubernetes}/history.test.ts`,
    'says that a cluster has no migrations',
  ],
  [
    'a `conflict`, up to the moment of the write, and nothing is repeated',
    `${kubernetes}/changes/apply.test.ts`,
    'are lost with a conflict when somebody writes between reading and writing',
  ],
  [
    'A status that moves does not matter',
    `${kubernetes}/changes/apply.test.ts`,
    'is applied all the same when only the status has moved',
  ],
  [
    'A second attempt at one proposal finds it and reports on the first.',
    `${kubernetes}/changes/apply.test.ts`,
    'of two processes with one proposal end in one write and one outcome',
  ],
  [
    'is restarted by eviction, within its disruption budget',
    `${kubernetes}/changes/restart.test.ts`,
    'refuses while the disruption budget allows none, when planned and when applied',
  ],
  [
    'replicas, ConfigMaps and secrets stay as they are now',
    `${kubernetes}/changes/rollback.test.ts`,
    'says what is not part of a revision: maps that are gone, secrets that nobody reads',
  ],
  [
    'of a revision that the cluster still keeps',
    `${kubernetes}/changes/rollback.test.ts`,
    'refuses what runs now and what is not kept any more',
  ],
]);

const clusterExecutor = promised('docs/backends/kubernetes.md', 'executor', [
  [
    'has the rights of the write credential',
    `${kubernetes}/changes/apply.test.ts`,
    'are exactly those of the executor: each is used',
  ],
  [
    'no secrets, nothing run in a pod, nothing deleted',
    `${kubernetes}/changes/apply.test.ts`,
    'of the manifests suffice for everything, no secret is asked for and nothing is deleted',
  ],
  [
    'any other change since the plan is a `conflict`',
    `${kubernetes}/changes/apply.test.ts`,
    'is refused when it is %s that changed',
  ],
]);

const alertmanager = promised('docs/backends/alertmanager.md', 'local', [
  [
    'this one of nginx leaves each credential what it needs',
    `${backends}/alertmanager/alertmanager-http.test.ts`,
    'for no more than the rules of the page about it let through',
  ],
  [
    'A silence is made once for each proposal',
    `${backends}/alertmanager/alertmanager-http.test.ts`,
    'two attempts at once make one',
  ],
  [
    'is found again by the mark in its comment, and is never sent twice',
    `${backends}/alertmanager/alertmanager-http.test.ts`,
    'a lost answer is not asked for again, and the next attempt finds what was made',
  ],
  [
    'unless there is a `tenant`',
    `${backends}/alertmanager/alertmanager-http.test.ts`,
    'silences, which are tier 2; a tenant of a Mimir can replace the configuration too',
  ],
  [
    'only what still fires is known',
    `${backends}/alertmanager/real-alertmanager.test.ts`,
    'without a history what still fires is all that is known, and that is said',
  ],
  [
    'only alerts with all these labels',
    `${backends}/alertmanager/real-alertmanager.test.ts`,
    'an alert of another environment is neither seen nor silenced',
  ],
  [
    'the last evaluation counts as the end',
    `${backends}/alertmanager/real-alertmanager.test.ts`,
    'knows the past, joined where only recording stopped',
  ],
  [
    'Alertmanager keeps no acknowledgements; `propose_acknowledge_alert` answers `unsupported`',
    'packages/domain/src/contract-tests/alerts.ts',
    'an acknowledgement is made once and read back, or none is kept',
  ],
]);

const prometheus = promised('docs/backends/prometheus.md', 'local', [
  [
    'Counters that begin again are handled as `rate` and `increase` do.',
    `${backends}/prometheus/history.test.ts`,
    'a counter that begins again makes no negative rate and no spike',
  ],
  [
    'What was not scraped is a gap; nothing is drawn across it.',
    `${backends}/prometheus/history.test.ts`,
    'what was not scraped is a gap, and nothing is drawn across it',
  ],
  [
    'what was tried before it is in the answer when none has',
    `${backends}/prometheus/answers.test.ts`,
    'says which conventions were tried',
  ],
  [
    'Evaluations carry `timeout` and `limit`.',
    `${backends}/prometheus/answers.test.ts`,
    'bounds every evaluation and keeps to the configured labels',
  ],
  [
    'native histograms on answers as documented',
    `${backends}/prometheus/answers.test.ts`,
    'for native histograms without their buckets',
  ],
  [
    'the store first finds the 20 services that stand out',
    `${backends}/prometheus/history.test.ts`,
    'of many instances the store finds the one that stands out',
  ],
]);

const files = [
  ...promised('docs/backends/otlp.md', 'local', [
    ['later ones read only what is new', `${backends}/otlp/ingestion.test.ts`, 'reads only what is new'],
    [
      'rows leave with their file',
      `${backends}/otlp/ingestion.test.ts`,
      'forgets files that are removed or replaced, also where they share a segment with others',
    ],
    [
      'Links are not followed.',
      `${backends}/otlp/reading.test.ts`,
      'follows no symbolic link out of the folder',
    ],
    [
      'requests are counted from spans, and the answer says so',
      `${backends}/otlp/signal-sources.test.ts`,
      'is derived from spans where there are no metrics, and the answer says so',
    ],
  ]),
  ...promised('docs/backends/gitops.md', 'local', [
    [
      'Hooks, file system monitors and remote helpers',
      `${backends}/gitops/apply.test.ts`,
      'never runs hooks that lie in the repository',
    ],
    [
      '`write.path` that is the repository under any name',
      `${backends}/gitops/apply.test.ts`,
      'is 3 for the desired repository under any name, 2 for a fork, 4 when it cannot be told',
    ],
    [
      'carries a key by which a second attempt finds the first',
      `${backends}/gitops/apply.test.ts`,
      'happens once, whichever process comes first',
    ],
    [
      "if the service's folder is still as it was planned on",
      `${backends}/gitops/apply.test.ts`,
      'survives unrelated commits, and refuses after related ones',
    ],
    [
      'keys and values that look like one are refused',
      `${backends}/gitops/apply.test.ts`,
      'carry no secrets',
    ],
    [
      '**Roll back to what never was on the branch**',
      `${backends}/gitops/plan.test.ts`,
      'never roll out a revision that was not on the branch',
    ],
  ]),
  ...promised('docs/backends/alert-log.md', 'local', [
    [
      'of a rotated one `<path>.1` is read before it',
      `${backends}/alert-log/alert-log-backend.test.ts`,
      'a rotated log is read on from its predecessor',
    ],
    [
      'An acknowledgement ends with the firing that it was for.',
      `${backends}/alert-log/silences.test.ts`,
      'an acknowledgement does not outlive the firing that it was for',
    ],
    [
      'which is tier 2; no credential and no network',
      `${backends}/alert-log/silences.test.ts`,
      'its write credential reaches tier 2',
    ],
  ]),
  ...promised('docs/backends/ical.md', 'local', [
    [
      'calendars are files',
      `${backends}/ical/ical-backend.test.ts`,
      'an address instead of a file is refused by the configuration',
    ],
    [
      'an event that takes longer than a second',
      `${backends}/ical/ical-backend.test.ts`,
      'a rule that never matches is skipped in time, and said',
    ],
    [
      'of two the one edited last counts',
      `${backends}/ical/overrides.test.ts`,
      'an override of its own cuts the shift under it; of two, the one edited last wins',
    ],
  ]),
  ...promised('docs/backends/markdown.md', 'local', [
    [
      'is named in the answer and left out',
      `${backends}/markdown/markdown-backend.test.ts`,
      'a record that does not say when it began is named, not guessed',
    ],
    [
      'making files in `incidents`, which is tier 2',
      `${backends}/markdown/markdown-backend.test.ts`,
      'its write credential reaches tier 2',
    ],
  ]),
  ...promised('docs/backends/terraform.md', 'local', [
    [
      'names of attributes and never values',
      `${backends}/terraform/terraform.test.ts`,
      'give what a plan would do and what drifted, by names and never values',
    ],
    [
      'are named in the answer, with what to do; the others still answer',
      `${backends}/terraform/terraform.test.ts`,
      'that cannot be used are named, and the others still answer',
    ],
  ]),
];

/** What the pages of the backends promise. */
export const promisesOfBackends: readonly Promised[] = [
  ...cluster,
  ...clusterExecutor,
  ...alertmanager,
  ...prometheus,
  ...files,
];
