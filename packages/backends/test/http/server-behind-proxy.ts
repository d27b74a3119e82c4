import { type FaultProxy, startFaultProxy } from '@devops-mcp/testing/faults';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { goodServer } from './target.js';

/** A good server and a fault proxy before it, for all tests of a file; each test begins without faults. */
export function serverBehindProxy() {
  const running: { server?: Awaited<ReturnType<typeof goodServer>>; proxy?: FaultProxy } = {};
  beforeAll(async () => {
    running.server = await goodServer();
    running.proxy = await startFaultProxy({ target: running.server.url });
  });
  afterAll(async () => {
    await running.proxy?.close();
    await running.server?.close();
  });
  beforeEach(() => {
    running.proxy?.play();
    running.proxy?.forget();
  });
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('It starts before the first test of the file.');
    return part;
  };
  return {
    get server() {
      return started(running.server);
    },
    get proxy() {
      return started(running.proxy);
    },
  };
}
