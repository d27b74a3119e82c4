import { defineTool, envelope, environmentName, maxTokens, period, serviceName } from '@devops-mcp/contract';
import {
  alignColumns,
  estimateTokens,
  fitTokens,
  frameAnswer,
  knownFields,
  type MetricInfo,
  metricsPort,
  parsePeriod,
  readOfService,
  renderNotes,
  servicesPort,
  showTime,
  showWindow,
  truncationField,
} from '@devops-mcp/domain';
import { z } from 'zod';

const attributesMax = 8;

export const listServiceMetrics = defineTool({
  name: 'list_service_metrics',
  title: 'Metrics of a service',
  description: 'Which metrics a service sends: unit, kind, attributes, last seen.',
  riskTier: 1,
  ports: { metrics: metricsPort, services: servicesPort },
  input: z.strictObject({
    service: serviceName,
    environment: environmentName,
    period,
    match: z.string().max(80).optional().describe('Part of the name'),
    maxTokens,
  }),
  output: envelope(
    z.object({
      service: z.string(),
      metrics: z.array(
        z.object({
          name: z.string(),
          unit: z.string(),
          kind: z.string(),
          temporality: z.string().optional(),
          attributes: z.array(z.string()),
          series: z.number(),
          lastSeen: z.string(),
        }),
      ),
      /** Signals that the owner named in the catalog, for get_service_metrics. */
      catalogSignals: z.array(z.string()),
    }),
  ),
  limits: { timeoutMs: 50_000, outputBytes: 64_000 },
  target: ({ environment, service }) => ({ environment, services: [service] }),
  async run(call) {
    const { input, ports, now } = call;
    const { window, hints } = parsePeriod(input.period, now);
    const { service } = input;
    const seen = async () => (await ports.metrics.services({ window }, call)).data;
    const answer = await readOfService({ service, catalog: ports.services, nothing: [], seen }, () =>
      ports.metrics.listMetrics({ service, window }, call),
    );
    const wanted = input.match?.toLowerCase() ?? '';
    const rows = answer.data.filter(({ name }) => name.toLowerCase().includes(wanted)).map(row);
    const none = rows.length === 0 ? [noneHint(input.match, service)] : [];
    const catalogSignals = Object.keys(ports.services.get(service)?.signals ?? {});
    const frame = frameAnswer({
      window: showWindow(window, now),
      source: answer.source,
      hints: [...hints, ...(answer.hints ?? []), ...none],
      partial: answer.partial ?? [],
    });
    const fitted = fitTokens(rows, {
      maxTokens: input.maxTokens,
      reserved: frame.tokens + estimateTokens(catalogSignals),
      rank: recentFirst,
      howToGetMore: 'Raise maxTokens or narrow with match.',
    });
    return {
      data: { service, metrics: [...fitted.rows], catalogSignals },
      ...frame.fields,
      ...truncationField(fitted.truncation ?? answer.truncation),
    };
  },
  render(answer) {
    const { service, metrics, catalogSignals } = answer.data;
    const rows = metrics.map((metric) => [
      metric.name,
      metric.unit,
      metric.temporality ? `${metric.kind} (${metric.temporality})` : metric.kind,
      `${metric.series} series`,
      `last ${showTime(metric.lastSeen, answer.window?.end)}`,
      metric.attributes.join(' '),
    ]);
    return [
      `${service}: ${metrics.length} metrics`,
      ...(rows.length > 0 ? [alignColumns(rows, [3])] : []),
      ...(catalogSignals.length > 0 ? [`signals of the catalog: ${catalogSignals.join(', ')}`] : []),
      renderNotes(answer),
    ].join('\n');
  },
});

/** Those that were sent in the same hour in order of name. */
function recentFirst(a: Row, b: Row): number {
  return b.lastSeen.slice(0, 13).localeCompare(a.lastSeen.slice(0, 13)) || a.name.localeCompare(b.name);
}

type Row = ReturnType<typeof row>;

function row(info: MetricInfo) {
  const more = info.attributes.length - attributesMax;
  const attributes = info.attributes.slice(0, attributesMax);
  return knownFields({
    name: info.name,
    unit: info.unit,
    kind: info.kind,
    temporality: info.temporality,
    series: info.series,
    attributes: more > 0 ? [...attributes, `(+${more})`] : attributes,
    lastSeen: info.lastSeen.toISOString(),
  });
}

function noneHint(match: string | undefined, service: string): string {
  return match === undefined
    ? `${service} sent no metrics in this window; try a longer period.`
    : `No metric of ${service} contains ${match}; leave match out to see all.`;
}
