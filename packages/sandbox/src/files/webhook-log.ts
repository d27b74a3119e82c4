import type { AlertEpisode } from './alert-rules.js';

const repeatMs = 30 * 60_000;
const groupWaitMs = 30_000;
const never = '0001-01-01T00:00:00Z';

/**
 * The payloads that Alertmanager sends for these alerts, one a line, in order of sending: when an
 * alert begins, every half hour while it fires, and when it is resolved.
 * Source: Alertmanager, "webhook_config", payload version 4.
 */
export function renderWebhookLog(episodes: readonly AlertEpisode[], nowMs: number): string {
  const sent = episodes.flatMap((episode) => sendings(episode, nowMs));
  sent.sort((a, b) => a.atMs - b.atMs || (a.line < b.line ? -1 : 1));
  return sent.map(({ line }) => `${line}\n`).join('');
}

function sendings(episode: AlertEpisode, nowMs: number): readonly { atMs: number; line: string }[] {
  const sent: { atMs: number; line: string }[] = [];
  const endMs = episode.endsMs ?? nowMs;
  for (let atMs = episode.startsMs + groupWaitMs; atMs < endMs; atMs += repeatMs)
    sent.push({ atMs, line: payload(episode, atMs, false) });
  if (episode.endsMs !== null && episode.endsMs + groupWaitMs <= nowMs)
    sent.push({ atMs: episode.endsMs + groupWaitMs, line: payload(episode, episode.endsMs, true) });
  return sent;
}

function payload(episode: AlertEpisode, atMs: number, isOver: boolean): string {
  const { labels } = episode;
  const status = isOver ? 'resolved' : 'firing';
  const groupLabels = { alertname: labels.alertname ?? '', service: labels.service ?? '' };
  const annotations = {
    summary: episode.summary,
    description: episode.description,
    value: `${Number(episode.valueAt(atMs).toFixed(3))}${episode.unit === '' ? '' : ` ${episode.unit}`}`,
    threshold: String(episode.threshold),
    runbook_url: `https://runbooks.example.com/${episode.runbook}`,
  };
  const team = (labels.team ?? 'team-oncall').replace('team-', '');
  return JSON.stringify({
    version: '4',
    groupKey: `{}/{team="${labels.team}"}:{alertname="${groupLabels.alertname}", service="${groupLabels.service}"}`,
    truncatedAlerts: 0,
    status,
    receiver: labels.severity === 'critical' ? `${team}-pager` : `${team}-chat`,
    groupLabels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'https://alertmanager.example.com',
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: new Date(episode.startsMs).toISOString(),
        endsAt: isOver && episode.endsMs !== null ? new Date(episode.endsMs).toISOString() : never,
        generatorURL: `https://prometheus.example.com/graph?g0.expr=${encodeURIComponent(episode.expression)}&g0.tab=1`,
        fingerprint: fingerprint(labels),
      },
    ],
  });
}

/**
 * As Prometheus computes it: FNV-1a over the sorted labels, each name and value followed by 0xff.
 * Source: prometheus/common, model.LabelSet.Fingerprint.
 */
function fingerprint(labels: Readonly<Record<string, string>>): string {
  let hash = 0xcbf29ce484222325n;
  const add = (byte: number) => {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  };
  for (const name of Object.keys(labels).sort())
    for (const part of [name, labels[name] ?? '']) {
      for (const byte of Buffer.from(part)) add(byte);
      add(0xff);
    }
  return hash.toString(16).padStart(16, '0');
}
