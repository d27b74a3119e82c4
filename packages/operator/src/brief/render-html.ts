import { renderGraph } from './html-graph.js';
import { renderPlot } from './html-plot.js';
import { pageStyle } from './html-style.js';
import { escapeHtml } from './html-text.js';
import type { Brief, BriefGraph, BriefPlot, Suspect } from './model.js';
import { grownErrors, headline, words } from './render-markdown.js';
import { clock } from './show-time.js';

const shown = { suspects: 3, evidence: 8, alerts: 12, errors: 8, affected: 10, unreachable: 12, events: 20 };

/**
 * The brief as one page that needs nothing else: styles and pictures are inside, nothing is loaded.
 * Text from outside is escaped; the page has no script, so it shows the same everywhere.
 */
export function renderHtml(brief: Brief, plots: readonly BriefPlot[], graph: BriefGraph): string {
  const title = `Incident brief: ${brief.environment}, ${brief.at.slice(0, 16).replace('T', ' ')} UTC`;
  const lines = plots.map((plot) => renderPlot(plot, brief)).join('\n');
  const signals = lines === '' ? '' : `${legend(brief)}${lines}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header><p class="kicker">${escapeHtml(title)}</p>
<h1 class="${escapeHtml(brief.verdict)}">${escapeHtml(headline(brief, brief.suspects[0]).replaceAll('**', ''))}</h1></header>
<main>
${section('Suspects', brief.suspects.slice(0, shown.suspects).map(suspectCard).join('\n'), 'wide')}
${section(`Signals${plots[0] ? ` of ${plots[0].service}` : ''}`, signals, 'wide plots')}
${section('Dependencies', graph.nodes.length > 1 ? renderGraph(graph, brief) : '', 'wide')}
<div class="column">${section('Timeline', timeline(brief))}${section('What fails', failing(brief))}</div>
<div class="column">${section('What fires', firing(brief))}${section('Who is affected', affected(brief))}${section('Who and what helps', help(brief))}</div>
${section('Drafted rollback', plan(brief), 'wide')}
${section(
  'Not reached',
  rows(brief.unreachable.slice(0, shown.unreachable), (one) => [one.server, one.reason, '']),
  'wide',
)}
</main>
<footer>Window ${escapeHtml(brief.window.start)} to ${escapeHtml(brief.window.end)}. Shares weigh the evidence found; they are not probabilities.</footer>
</body>
</html>
`;
}

function section(title: string, body: string, classes = ''): string {
  return body === '' ? '' : `<section class="${classes}"><h2>${escapeHtml(title)}</h2>\n${body}\n</section>`;
}

function suspectCard(suspect: Suspect, index: number): string {
  const share = Math.round(suspect.score * 100);
  const evidence = suspect.evidence
    .slice(0, shown.evidence)
    .map(
      ({ direction, text, source }) =>
        `<li class="${direction}">${escapeHtml(text)} <small>${escapeHtml(source)}</small></li>`,
    )
    .join('');
  return `<article class="suspect"><h3><b>${index + 1}</b> ${escapeHtml(suspect.service)}${suspect.instance ? ` <small>${escapeHtml(suspect.instance)}</small>` : ''} <em>${escapeHtml(words(suspect.kind))}</em></h3>
<div class="share" role="img" aria-label="${share} percent of the evidence"><i style="width:${share}%"></i><span>${share} % of the evidence</span></div><ul>${evidence}</ul></article>`;
}

function legend(brief: Brief): string {
  const onset = brief.onset ? `<i class="key onset"></i>onset ${clock(brief.onset, brief.at)} UTC ` : '';
  return `<p class="legend">${onset}<i class="key deploy"></i>change of the service</p>`;
}

function timeline(brief: Brief): string {
  const events = [
    ...brief.changes.map((change) => ({
      time: change.time,
      kind: 'change',
      text: `${change.service} ${change.version ?? change.revision.slice(0, 10)}: ${change.kind} by ${change.by}`,
    })),
    ...brief.alerts.map((alert) => ({
      time: alert.since,
      kind: 'alert',
      text: `${alert.name} fires${alert.service ? ` on ${alert.service}` : ''}`,
    })),
    ...(brief.onset ? [{ time: brief.onset, kind: 'onset', text: 'Onset: signals leave their normal' }] : []),
  ].toSorted((a, b) => (a.time < b.time ? -1 : 1));
  const items = events
    .slice(-shown.events)
    .map(
      ({ time, kind, text }) =>
        `<li class="${kind}"><time>${escapeHtml(clock(time, brief.at))}</time> ${escapeHtml(text)}</li>`,
    );
  return items.length === 0 ? '' : `<ol class="timeline">${items.join('')}</ol>`;
}

function firing(brief: Brief): string {
  return rows(brief.alerts.slice(0, shown.alerts), (alert) => [
    clock(alert.since, brief.at),
    `${alert.name}${alert.service ? ` · ${alert.service}` : ''}`,
    alert.severity,
  ]);
}

function failing(brief: Brief): string {
  const { grown, usual } = grownErrors(brief);
  const table = rows(grown.slice(0, shown.errors), (error) => [
    `${error.count}×`,
    `${error.service} · ${error.type}: ${error.message}`,
    `before ${error.previousCount}`,
  ]);
  return usual.length === 0
    ? table
    : `${table}<p class="legend">${usual.length} kinds of errors are as frequent as before.</p>`;
}

function affected(brief: Brief): string {
  return rows(brief.affected.slice(0, shown.affected), (one) => [
    one.health,
    `${one.service}: ${one.reason}`,
    (one.owner ?? 'no owner').replace(/^group:(default\/)?/, ''),
  ]);
}

function rows<T>(items: readonly T[], cells: (item: T) => readonly [string, string, string]): string {
  if (items.length === 0) return '';
  const cell = (text: string) => `<td>${escapeHtml(text)}</td>`;
  const body = items.map((item) => `<tr>${cells(item).map(cell).join('')}</tr>`).join('\n');
  return `<table>${body}</table>`;
}

function help(brief: Brief): string {
  const lines = [
    ...brief.onCall
      .slice(0, 4)
      .map((one) => [
        `On call: ${one.who}`,
        `for ${one.service}${one.until ? ` until ${clock(one.until, brief.at)} UTC` : ''}`,
      ]),
    ...brief.runbooks.slice(0, 3).map((one) => [`Runbook: ${one.title}`, `${one.id}: ${one.why}`]),
    ...brief.similar
      .slice(0, 3)
      .map((one) => [
        `Like this before: ${one.title}`,
        `${one.id}: ${one.why}${one.resolution ? `. Then: ${one.resolution}` : ''}`,
      ]),
  ];
  const items = lines.map(
    ([what = '', why = '']) => `<li>${escapeHtml(what)}<br><small>${escapeHtml(why)}</small></li>`,
  );
  return items.length === 0 ? '' : `<ul class="plain">${items.join('')}</ul>`;
}

function plan({ rollbackPlan: found }: Brief): string {
  if (!found) return '';
  return `<p><b>${escapeHtml(found.service)}</b>: ${escapeHtml(found.from)} back to ${escapeHtml(found.to)}. Migrations: <b>${escapeHtml(found.migrationVerdict)}</b>. ${found.safeToRollBack ? 'Held safe.' : '<b class="no">Not held safe.</b>'}</p>
<p>${escapeHtml(found.evidence)}</p><p>${escapeHtml(found.rollForward)}</p><p><code>${escapeHtml(found.apply)}</code></p>`;
}
