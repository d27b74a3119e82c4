import { shopServices } from '../company/services.js';
import type { Scenario } from '../scenario/model.js';
import type { Commit } from './fast-import.js';

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Change requests as files on the protected branch: an old one that is closed, and one that is open for use. */
export function renderChangeRequests(scenario: Scenario): {
  readonly commits: readonly Commit[];
  readonly approved: string;
} {
  const service = serviceToChange(scenario);
  const number = 2_100 + (Math.abs(scenario.seed) % 800);
  const approved = `CHG-${number + 7}`;
  const closed = `CHG-${number}`;
  const closedAt = scenario.nowMs - 16 * dayMs;
  const approvedAt = scenario.nowMs - 9 * minuteMs;
  return {
    approved,
    commits: [
      {
        atMs: closedAt,
        author: 'change-manager',
        message: `changes: close ${closed}\n`,
        files: new Map([
          [
            `changes/${closed}.md`,
            request(closed, {
              status: 'closed',
              service: shopServices[0]?.name ?? 'web',
              from: closedAt - dayMs,
              until: closedAt,
              title: 'Scale the storefront for the sale',
              text: 'Done as planned, and scaled back the day after.',
            }),
          ],
        ]),
      },
      {
        atMs: approvedAt,
        author: 'change-manager',
        message: `changes: approve ${approved} for ${service}\n`,
        files: new Map([
          [
            `changes/${approved}.md`,
            request(approved, {
              status: 'approved',
              service,
              from: approvedAt - 5 * minuteMs,
              until: approvedAt + dayMs,
              title: `Emergency change of ${service}`,
              text: `Bring ${service} back to a version or size that works. Covers a rollback, a restart and a change of replicas.`,
            }),
          ],
        ]),
      },
    ],
  };
}

/** The culprit, or what was deployed last on a quiet day. */
function serviceToChange(scenario: Scenario): string {
  return (
    scenario.culprit?.service ?? scenario.changes.find((change) => change.id === 'decoy')?.service ?? 'web'
  );
}

function request(
  id: string,
  facts: {
    readonly status: string;
    readonly service: string;
    readonly from: number;
    readonly until: number;
    readonly title: string;
    readonly text: string;
  },
): string {
  const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return `---
id: ${id}
status: ${facts.status}
requester: user:default/oncall
approvedBy: user:default/change-manager
services: [${facts.service}]
environments: [production]
window: ${time(facts.from)}/${time(facts.until)}
---
# ${id}: ${facts.title}

${facts.text}
`;
}
