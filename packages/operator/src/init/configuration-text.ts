import { homedir } from 'node:os';
import path from 'node:path';
import type { PlannedEnvironment } from './plan-environments.js';

/** Stands in every file that `init` wrote, and in no other. */
export const writtenByInit = '# Written by devops-mcp init.';

/** A read-only devops-mcp.yaml, with comments on what may be added. */
export function configurationText(environments: readonly PlannedEnvironment[]): string {
  return `${writtenByInit} It only reads: no port has a write side.
# Check it with: devops-mcp doctor
version: 1
state: { path: ./state }
audit: { path: ./audit }

environments:
${environments.map(environmentText).join('')}
# What may be added, each when it is wanted:
#
# Owners, dependencies and limits of services, from Backstage files:
#   catalog: [./catalog]
# Who is on call, runbooks and past incidents, for every environment:
#   ports:
#     onCall: { use: ical, calendars: [{ path: ./on-call.ics, schedule: primary, owners: [group:default/team-payments] }] }
#     knowledge: { use: markdown, path: ./knowledge }
# A token for a system that asks for one; a secret never stands in this file:
#   metrics: { use: prometheus, address: "https://example.com", credential: { env: PROMETHEUS_TOKEN } }
# Changes need a person to answer for them, an owner and a pinned version of each server, approvers and an executor:
#   identity: { stdio: { subject: user:default/oncall } }
#   servers: { deployments: { owner: group:default/team-platform, killSwitchOwner: group:default/team-oncall, version: 0.1.0 } }
`;
}

function environmentText({ name, class: kind, ...systems }: PlannedEnvironment): string {
  const { context, prometheus, alertmanager } = systems;
  const metrics = prometheus === null ? null : `{ use: prometheus, address: ${quoted(prometheus)} }`;
  const cluster = context === null ? null : clusterSettings(context);
  const history = prometheus === null ? '' : `, history: { address: ${quoted(prometheus)} }`;
  const ports = [
    ['workloads', cluster],
    ['deployments', cluster],
    ['metrics', metrics],
    ['dependencies', metrics],
    [
      'alerts',
      alertmanager === null ? null : `{ use: alertmanager, address: ${quoted(alertmanager)}${history} }`,
    ],
  ] as const;
  const lines = ports.flatMap(([port, settings]) =>
    settings === null ? [] : [`      ${port}: ${settings}\n`],
  );
  return `  ${name}:\n    class: ${kind}\n    ports:\n${lines.join('')}`;
}

/** A client may start a server without KUBECONFIG: a file that is not the usual one is named. */
function clusterSettings({ name, file }: NonNullable<PlannedEnvironment['context']>): string {
  const usual = path.join(homedir(), '.kube', 'config');
  const absolute = path.resolve(file);
  const where = absolute === usual ? '' : `, kubeconfig: ${quoted(absolute)}`;
  return `{ use: kubernetes, context: ${quoted(name)}${where} }`;
}

/** JSON's strings are YAML's double-quoted ones. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
