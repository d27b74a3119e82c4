import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import type { HttpTarget } from './http-client.js';

/** Connections that are kept and bounded, so that a burst of calls does not become one of connections. */
const limits = { keepAlive: true, maxSockets: 8, maxFreeSockets: 4, scheduling: 'lifo' } as const;

/** The agent for a target: direct or through the configured proxy, trusting the configured authorities. */
export function agentFor({ address, network, tls }: HttpTarget): http.Agent {
  const trusted = network.caFile === null ? undefined : withSystem(network.caFile);
  const secure = { ...(trusted ? { ca: trusted } : {}), ...tls };
  const encrypted = address.protocol === 'https:';
  if (network.proxy === null || goesDirect(address.hostname, network.noProxy)) {
    return encrypted ? new https.Agent({ ...limits, ...secure }) : new http.Agent(limits);
  }
  const options = {
    ...limits,
    proxy: network.proxy,
    proxyRequestOptions: trusted ? { ca: trusted } : {},
  };
  return encrypted ? new HttpsProxyAgent({ ...options, ...secure }) : new HttpProxyAgent(options);
}

/** A `ca` replaces Node's own authorities, so those are named too. */
function withSystem(caFile: string): string[] {
  return [...rootCertificates, readFileSync(caFile, 'utf8')];
}

/** True for hosts that `noProxy` names, for what is below a named domain, and for loopback. */
export function goesDirect(hostname: string, noProxy: readonly string[]): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return true;
  return noProxy.some((entry) => {
    const name = entry.toLowerCase().replace(/^\*?\./, '');
    return name === '*' || host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
  });
}
