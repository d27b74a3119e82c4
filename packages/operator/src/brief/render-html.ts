import { renderGraph } from './html-graph.js';
import { escapeHtml, renderPlot } from './html-plot.js';
import { pageStyle } from './html-style.js';
import type { Brief, BriefGraph, BriefPlot, Suspect } from './model.js';
import { clock, headline, words } from './render-markdown.js';

/**
 * The brief as one page that needs nothing else: styles and pictures are inside, nothing is loaded.
 * Text from outside is escaped; the page has no script, so it shows the same everywhere.
 */
export function renderHtml(brief: Brief, plots: readonly BriefPlot[], graph: BriefGraph): string {
  const title = `Incident brief: ${brief.environment}, ${brief.at.slice(0, 16).replace('T', ' ')} UTC`;
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
<h1 class="${brief.verdict}">${escapeHtml(headline(brief, brief.suspects[0]).replaceAll('**', ''))}</h1></header>
<main>
${section('Suspects', brief.suspects.slice(0, 3).map(suspectCard).join('\n'), 'wide')}
${section('Signals', plots.map((plot) => renderPlot(plot, brief)).join('\n'), 'wide plots')}
${section('Dependencies', graph.nodes.length > 1 ? renderGraph(graph, brief) : '', 'wide')}
${section('Timeline', timeline(brief), '')}
${section(
  'What fires',
  rows(brief.alerts.slice(0, 12), (alert) => [
    clock(alert.since),
    `${alert.name}${alert.service ? ` · ${alert.service}` : ''}`,
    alert.severity,
  ]),
  '',
)}
${section(
  'What fails',
  rows(brief.errors.slice(0, 8), (error) => [
    `${error.count}×`,
    `${error.service} · ${error.type}: ${error.message}`,
    `before ${error.previousCount}`,
  ]),
  '',
)}
${section(
  'Who is affected',
  rows(brief.affected.slice(0, 12), (one) => [
    one.health,
    `${one.service}: ${one.reason}`,
    one.owner ?? 'no owner',
  ]),
  '',
)}
${section('Who and what helps', help(brief), '')}
${section('Drafted rollback', plan(brief), 'wide')}
${section(
  'Not reached',
  rows(brief.unreachable, (one) => [one.server, one.reason, '']),
  '',
)}
</main>
<footer>Window ${escapeHtml(brief.window.start)} to ${escapeHtml(brief.window.end)}. Shares weigh the evidence found; they are not probabilities.</footer>
</body>
</html>
`;
}

function section(title: string, body: string, classes: string): string {
  return body === '' ? '' : `<section class="${classes}"><h2>${escapeHtml(title)}</h2>\n${body}\n</section>`;
}

function suspectCard(suspect: Suspect, index: number): string {
  const share = Math.round(suspect.score * 100);
  const evidence = suspect.evidence
    .slice(0, 8)
    .map(
      ({ direction, text, source }) =>
        `<li class="${direction}">${escapeHtml(text)} <small>${escapeHtml(source)}</small></li>`,
    )
    .join('');
  return `<article class="suspect"><h3><b>${index + 1}</b> ${escapeHtml(suspect.service)}${suspect.instance ? ` <small>${escapeHtml(suspect.instance)}</small>` : ''} <em>${escapeHtml(words(suspect.kind))}</em></h3>
<div class="share" role="img" aria-label="${share} percent of the evidence"><i style="width:${share}%"></i><span>${share} %</span></div><ul>${evidence}</ul></article>`;
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
  ].sort((a, b) => (a.time < b.time ? -1 : 1));
  const items = events
    .slice(-20)
    .map(
      ({ time, kind, text }) =>
        `<li class="${kind}"><time>${escapeHtml(clock(time))}</time> ${escapeHtml(text)}</li>`,
    );
  return items.length === 0 ? '' : `<ol class="timeline">${items.join('')}</ol>`;
}

function rows<T>(items: readonly T[], cells: (item: T) => readonly [string, string, string]): string {
  if (items.length === 0) return '';
  const body = items
    .map(
      (item) =>
        `<tr>${cells(item)
          .map((cell) => `<td>${escapeHtml(cell)}</td>`)
          .join('')}</tr>`,
    )
    .join('\n');
  return `<table>${body}</table>`;
}

function help(brief: Brief): string {
  const lines = [
    ...brief.onCall
      .slice(0, 4)
      .map((one) => `On call for ${one.service}: ${one.who}${one.until ? ` until ${clock(one.until)}` : ''}`),
    ...brief.runbooks.slice(0, 3).map((one) => `Runbook ${one.id}, ${one.title}: ${one.why}`),
    ...brief.similar
      .slice(0, 3)
      .map(
        (one) =>
          `Incident ${one.id}, ${one.title}: ${one.why}${one.resolution ? `. Then: ${one.resolution}` : ''}`,
      ),
  ];
  return lines.length === 0
    ? ''
    : `<ul class="plain">${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
}

function plan({ rollbackPlan: found }: Brief): string {
  if (!found) return '';
  return `<p><b>${escapeHtml(found.service)}</b>: ${escapeHtml(found.from)} back to ${escapeHtml(found.to)}. Migrations: <b>${escapeHtml(found.migrationVerdict)}</b>. ${found.safeToRollBack ? 'Held safe.' : 'Not held safe.'}</p>
<p>${escapeHtml(found.evidence)}</p><p>${escapeHtml(found.rollForward)}</p><p><code>${escapeHtml(found.apply)}</code></p>`;
}
