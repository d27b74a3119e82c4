import { z } from 'zod';

/** What answers at an address, as far as its own interfaces tell. */
export type Probed = 'prometheus' | 'alertmanager' | 'nothing';

const deadlineMs = 1_500;
const largestBytes = 64_000;

// https://prometheus.io/docs/prometheus/latest/querying/api/#build-information; VictoriaMetrics answers alike.
const buildInformation = z.object({ status: z.literal('success'), data: z.object({}) });
// https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml, alertmanagerStatus
const alertmanagerStatus = z.object({ versionInfo: z.object({}), uptime: z.string() });

/** Asks what is there, each question with a short deadline. Follows no redirect and sends no credential. */
export async function probeAddress(address: string): Promise<Probed> {
  const [prometheus, alertmanager] = await Promise.all([
    answer(`${address}/api/v1/status/buildinfo`),
    answer(`${address}/api/v2/status`),
  ]);
  if (alertmanagerStatus.safeParse(json(alertmanager)).success) return 'alertmanager';
  if (buildInformation.safeParse(json(prometheus)).success) return 'prometheus';
  // Stores without build information still say that they are ready.
  const ready = await answer(`${address}/-/ready`);
  return ready !== undefined && /prometheus/i.test(ready) ? 'prometheus' : 'nothing';
}

async function answer(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) });
    if (!response.ok || response.body === null) return undefined;
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > largestBytes) return undefined;
    }
    return text;
  } catch {
    return undefined;
  }
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
