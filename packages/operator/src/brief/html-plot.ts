import { escapeHtml } from './html-text.js';
import type { Brief, BriefPlot } from './model.js';

const size = { width: 360, height: 160, left: 62, right: 10, top: 12, bottom: 22 } as const;

/** One signal as an SVG line with the onset and the service's changes marked. Gaps stay gaps. */
export function renderPlot(plot: BriefPlot, brief: Brief): string {
  const times = plot.points.map(([time]) => time);
  const values = plot.points.flatMap(([, value]) => (value === null ? [] : [value]));
  if (values.length < 2) return '';
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const highest = Math.max(...values);
  const top = highest * 1.08 || 1;
  const x = (time: number) =>
    size.left + ((time - from) / Math.max(1, to - from)) * (size.width - size.left - size.right);
  const y = (value: number) =>
    size.height - size.bottom - (value / top) * (size.height - size.top - size.bottom);
  const mark = (time: number, kind: string) =>
    time >= from && time <= to
      ? `<line class="${kind}" x1="${x(time).toFixed(1)}" x2="${x(time).toFixed(1)}" y1="${size.top}" y2="${size.height - size.bottom}"/>`
      : '';
  const changes = brief.changes
    .filter(({ service }) => service === plot.service)
    .map(({ time }) => mark(Date.parse(time), 'deploy'));
  const signal = plot.signal.replaceAll('_', ' ');
  return `<figure><figcaption>${escapeHtml(signal)} <small>${escapeHtml(show(values.at(-1) ?? 0, plot.unit))} now</small></figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(`${plot.service}: ${signal}`)}">
${scale(highest, plot.unit, y)}
<text x="${size.left}" y="${size.height - 6}">${hour(from)}</text><text x="${size.width - size.right}" y="${size.height - 6}" text-anchor="end">${hour(to)}</text>
${changes.join('')}${brief.onset ? mark(Date.parse(brief.onset), 'onset') : ''}
<path class="line" d="${path(plot, x, y)}"/></svg></figure>`;
}

/** Lines and labels at zero and at the highest value; one of them where nothing is above zero. */
function scale(highest: number, unit: string, y: (value: number) => number): string {
  return [0, ...(highest > 0 ? [highest] : [])]
    .map((value) => {
      const at = y(value).toFixed(1);
      const label = value === 0 ? '0' : show(value, unit);
      return `<line class="axis" x1="${size.left}" x2="${size.width - size.right}" y1="${at}" y2="${at}"/><text x="${size.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${escapeHtml(label)}</text>`;
    })
    .join('');
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
