import { createServer } from 'node:http';
import { closing, type GoodServer, listening } from './good-server.js';

/** One alert that fires, and the silences that are made. */
export async function goodAlertmanager(): Promise<GoodServer & { readonly silences: readonly object[] }> {
  const silences: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    let answer: unknown = silences;
    if (request.url?.includes('/alerts')) answer = [alertUnder(silences)];
    else if (request.method === 'POST') {
      const id = `silence-${silences.length + 1}`;
      const updatedAt = new Date().toISOString();
      silences.push({ ...JSON.parse(body), id, updatedAt, status: { state: 'active' } });
      answer = { silenceID: id };
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  return { url: await listening(server), silences, close: () => closing(server) };
}

function alertUnder(silences: readonly Record<string, unknown>[]) {
  const silencedBy = silences.map(({ id }) => id);
  return {
    fingerprint: '8e2bf3d2a7c14f60',
    labels: { alertname: 'HighErrorRate', service: 'checkout', severity: 'critical' },
    annotations: {},
    startsAt: '2026-11-20T09:00:00Z',
    endsAt: '2026-11-20T21:00:00Z',
    updatedAt: '2026-11-20T09:00:00Z',
    receivers: [{ name: 'on-call' }],
    status: { state: silences.length > 0 ? 'suppressed' : 'active', silencedBy, inhibitedBy: [] },
  };
}
