import type { Brief, BriefPlot } from './model.js';

const size = { width: 360, height: 150, left: 46, right: 8, top: 10, bottom: 22 } as const;

/** One signal as an SVG line with the onset and the service's changes marked. Gaps stay gaps. */
export function renderPlot(plot: BriefPlot, brief: Brief): string {
  const times = plot.points.map(([time]) => time);
  const values = plot.points.flatMap(([, value]) => (value === null ? [] : [value]));
  if (values.length < 2) return '';
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const top = Math.max(...values) * 1.08 || 1;
  const x = (time: number) =>
    size.left + ((time - from) / Math.max(1, to - from)) * (size.width - size.left - size.right);
  const y = (value: number) =>
    size.height - size.bottom - (value / top) * (size.height - size.top - size.bottom);
  const inside = (time: number) => time >= from && time <= to;
  const mark = (time: number, kind: string) =>
    inside(time)
      ? `<line class="${kind}" x1="${x(time).toFixed(1)}" x2="${x(time).toFixed(1)}" y1="${size.top}" y2="${size.height - size.bottom}"/>`
      : '';
  const deployments = brief.changes
    .filter(({ service }) => service === plot.service)
    .map(({ time }) => mark(Date.parse(time), 'deploy'));
  const label = `${plot.service}: ${plot.signal.replaceAll('_', ' ')}`;
  return `<figure><figcaption>${escapeHtml(label)} <small>${escapeHtml(show(values.at(-1) ?? 0, plot.unit))} now, dashed red: onset, dotted: change</small></figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(label)}">
<line class="axis" x1="${size.left}" x2="${size.width - size.right}" y1="${y(0)}" y2="${y(0)}"/><line class="axis" x1="${size.left}" x2="${size.width - size.right}" y1="${y(top / 1.08)}" y2="${y(top / 1.08)}"/>
<text x="${size.left - 5}" y="${y(0)}" text-anchor="end">0</text><text x="${size.left - 5}" y="${y(top / 1.08) + 4}" text-anchor="end">${escapeHtml(show(top / 1.08, plot.unit))}</text>
<text x="${size.left}" y="${size.height - 6}">${hour(from)}</text><text x="${size.width - size.right}" y="${size.height - 6}" text-anchor="end">${hour(to)}</text>
${deployments.join('')}${brief.onset ? mark(Date.parse(brief.onset), 'onset') : ''}
<path class="line" d="${path(plot, x, y)}"/></svg></figure>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function path(plot: BriefPlot, x: (time: number) => number, y: (value: number) => number): string {
  let pen = 'M';
  return plot.points
    .map(([time, value]) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
      return step;
    })
    .join('');
}

function hour(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

function show(value: number, unit: string): string {
  if (unit === 'ratio' || unit === '1') return `${Number((value * 100).toPrecision(2))} %`;
  if (unit === 's') return value < 1 ? `${Math.round(value * 1000)} ms` : `${Number(value.toPrecision(2))} s`;
  if (unit === 'By') return `${Math.round(value / 1_048_576)} MiB`;
  return `${Number(value.toPrecision(3))} ${unit}`;
}
