import { shopServices } from '../company/services.js';

interface RunbookText {
  readonly id: string;
  readonly title: string;
  readonly services: readonly string[];
  readonly alerts: readonly string[];
  readonly tags: readonly string[];
  /** Days before now on which somebody last went through it. */
  readonly reviewedDaysAgo: number;
  readonly body: string;
}

const everyService = shopServices.map((service) => service.name);

const texts: readonly RunbookText[] = [
  {
    id: 'high-error-rate',
    title: 'A service answers with errors',
    services: everyService,
    alerts: ['HighErrorRate'],
    tags: ['errors', 'deployment'],
    reviewedDaysAgo: 31,
    body: `Find out whether the errors begin in this service or come from below it, then what changed.

1. **See since when and how much**: \`get_service_metrics\` for error_rate and latency_p95 over the last two hours.
2. **See which errors are new**: \`get_error_summary\` for the service. A template that did not exist before points at a change; a known one at load or a dependency.
3. **Look below**: \`get_service_dependencies\`. When a dependency fails too, follow it down before changing anything here.
4. **Look at what changed**: \`get_deployment_history\` for the last four hours. Compare the time with the onset, not with the alert.
5. **Follow one request**: \`search_traces\` with onlyErrors, then \`get_trace\`.
6. **Decide**: a bad version is rolled back (runbook roll-back). A dependency that is down is not helped by a rollback.`,
  },
  {
    id: 'high-latency',
    title: 'A service is slow',
    services: everyService,
    alerts: ['HighLatency'],
    tags: ['latency'],
    reviewedDaysAgo: 96,
    body: `1. **Which part is slow**: \`get_service_metrics\` for latency_p95, cpu and memory, by instance.
2. **Where the time goes**: \`search_traces\` for the slowest, then \`get_trace\`: look at self time.
3. **One instance or all**: one instance means a neighbour or its memory, all mean a change or a dependency.
4. **Act**: more instances only help when the work is spread over them. Propose \`propose_scale_service\` within the owner's limits.`,
  },
  {
    id: 'roll-back',
    title: 'Roll a service back',
    services: everyService,
    alerts: ['HighErrorRate', 'HighLatency'],
    tags: ['deployment', 'rollback'],
    reviewedDaysAgo: 44,
    body: `1. **Draft the plan**: \`plan_rollback\` with the last known good revision. Read every migration verdict.
2. **Stop when a migration is irreversible or unknown**: the old version cannot work with the new schema. Go forward instead.
3. **Propose it**: \`propose_roll_back_service\` with the plan and an approved change request.
4. **Have it approved** by somebody else, then \`execute_proposal\`.
5. **Check**: error rate and latency are back within ten minutes. Otherwise the version was not the cause.`,
  },
  {
    id: 'migrations',
    title: 'Errors after a schema migration',
    services: shopServices
      .filter((service) => service.migrations !== undefined)
      .map((service) => service.name),
    alerts: ['HighErrorRate'],
    tags: ['database', 'migration', 'schema'],
    reviewedDaysAgo: 63,
    body: `Signs: errors that name a column or table, from the minute a version with a migration was deployed.

1. **Name the statement**: \`get_error_summary\` shows the column; \`get_deployment_diff\` shows the migration.
2. **Do not roll back** when the migration dropped or retyped something: the version before needs what is gone.
3. **Go forward**: add the column again as nullable, deploy a version that works without it, restore data from the backup afterwards.
4. **Write it down**: expand first, contract one release later.`,
  },
  {
    id: 'payment-provider',
    title: 'The payment provider does not answer',
    services: ['payments-api', 'checkout'],
    alerts: ['HighErrorRate', 'HighLatency'],
    tags: ['provider', 'dependency', 'timeout'],
    reviewedDaysAgo: 120,
    body: `Signs: timeouts towards api.payment-provider.example, nothing deployed, checkout waits for six seconds.

1. **Confirm**: \`get_error_summary\` for payments-api shows time-outs of the provider; \`get_trace\` shows the time in the call.
2. **Look at the provider's status page** and open a ticket there.
3. **Protect the shop**: propose a lower PROVIDER_TIMEOUT_MS with \`propose_open_config_change\`, so that checkout does not hang.
4. **Do not roll anything back**: it cannot help.`,
  },
  {
    id: 'database-unreachable',
    title: 'A database or cache is not reachable',
    services: everyService,
    alerts: ['HighErrorRate'],
    tags: ['database', 'cache', 'dependency', 'connection'],
    reviewedDaysAgo: 75,
    body: `Signs: connection refused, or waiting for a connection from the pool; every route that needs it fails, the others work.

1. **Confirm**: \`get_error_summary\` names the host; \`get_infrastructure_state\` says whether it was replaced or resized.
2. **Tell the owner** of the database: \`get_on_call_schedule\`.
3. **Wait or fail over**; restarting the service only adds connections.`,
  },
  {
    id: 'memory',
    title: 'Containers are killed for memory',
    services: everyService,
    alerts: ['ContainerMemoryNearLimit', 'ContainerRestarted'],
    tags: ['memory', 'leak', 'restart', 'oom'],
    reviewedDaysAgo: 58,
    body: `1. **Is it a leak**: \`get_service_metrics\` for memory over six hours, by instance. A line that rises since a deployment is a leak; steps that follow traffic are load.
2. **Since which version**: \`get_deployment_history\` for the day on which it began to rise, not for the last hour.
3. **Win time**: \`propose_restart_service\` empties memory for as long as it took to fill.
4. **Fix**: roll back the version (runbook roll-back).`,
  },
  {
    id: 'queue-backlog',
    title: 'A queue grows',
    services: ['shipping', 'notifications', 'payments-api'],
    alerts: ['QueueBacklog'],
    tags: ['queue'],
    reviewedDaysAgo: 210,
    body: `1. **See how fast**: \`get_service_metrics\` with queue_depth.
2. **See why**: consumers that fail (\`get_error_summary\`) or too few of them.
3. **Act**: \`propose_scale_service\` for the consumer within its limits.`,
  },
  {
    id: 'disk-space',
    title: 'A disk fills up',
    services: ['search'],
    alerts: ['DiskSpaceLow'],
    tags: ['disk'],
    reviewedDaysAgo: 1_010,
    body: `1. Delete indices older than 30 days.
2. Grow the volume.`,
  },
];

/** File name to content. */
export function renderRunbooks(nowMs: number): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const reviewed = new Date(nowMs - text.reviewedDaysAgo * 86_400_000).toISOString().slice(0, 10);
      return [
        `${text.id}.md`,
        `---
id: ${text.id}
title: ${text.title}
services: [${text.services.join(', ')}]
alerts: [${text.alerts.join(', ')}]
tags: [${text.tags.join(', ')}]
reviewed: ${reviewed}
---
# ${text.title}

${text.body}
`,
      ];
    }),
  );
}
