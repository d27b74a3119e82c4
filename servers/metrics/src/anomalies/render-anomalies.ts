import { alignColumns, oneLine, renderNotes, renderWindow, showTime, showValue } from '@devops-mcp/domain';
import type { AnomaliesAnswer } from '../tools/find-anomalies.js';

type Service = AnomaliesAnswer['data']['services'][number];

/** Services in order of suspicion, each with the signals that left their normal. */
export function renderAnomalies(answer: AnomaliesAnswer): string {
  const { services, examined } = answer.data;
  const reference = answer.window?.end;
  return [
    `Anomalies ${renderWindow(answer.window)}: in ${services.length} of ${examined.services} services, ${examined.series} series examined`,
    ...services.flatMap((service, place) => renderService(service, place + 1, reference)),
    renderNotes(answer),
  ].join('\n');
}

function renderService(service: Service, place: number, reference: string | undefined): readonly string[] {
  const facts = [
    `onset ${showTime(service.onset, reference)}`,
    `score ${service.score}`,
    service.owner ?? 'no owner',
    ...(service.dependenciesBefore.length > 0 ? [`after ${service.dependenciesBefore.join(', ')}`] : []),
    ...(service.deployment
      ? [`deployed ${showTime(service.deployment.time, reference)} (${service.deployment.id})`]
      : []),
  ];
  const rows = service.signals.map((row) => [
    `   ${row.signal}`,
    row.instance ?? '',
    `${showValue(row.baseline, row.unit)} → ${showValue(row.value, row.unit)}`,
    `since ${showTime(row.onset, reference)}${row.end ? ` until ${showTime(row.end, reference)}` : ''}`,
    `score ${row.score}`,
  ]);
  return [`${place}. ${oneLine(service.service)}  ${oneLine(facts.join(', '))}`, alignColumns(rows)];
}
