import type { CallContext } from '@devops-mcp/contract';
import type { Answer, Window } from '@devops-mcp/domain';
import { inventoryOfAll } from './inventory.js';
import { openSession, type PrometheusPort } from './session.js';

const most = 5_000;

/** Implements `MetricsApi.services`: whoever has a metric of a known convention in the window. */
export async function servicesWithMetrics(
  port: PrometheusPort,
  query: { readonly window: Window },
  context: CallContext,
): Promise<Answer<readonly string[]>> {
  const session = openSession(port, context);
  const found = await inventoryOfAll(session, query.window);
  const names = [...new Set([...found.keys()].map((name) => port.services.serviceOf(name)))].sort();
  const hints =
    names.length === 0
      ? [
          'No metric of the known conventions in this window; see the conventions and labels of use: prometheus.',
        ]
      : [];
  const more =
    names.length > most
      ? {
          truncation: {
            returned: most,
            total: names.length,
            more: true,
            howToGetMore: 'Ask for a shorter period.',
          },
        }
      : {};
  return session.answer(names.slice(0, most), query.window, hints, more);
}
