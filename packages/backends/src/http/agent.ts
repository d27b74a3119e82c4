import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as secure } from 'node:tls';
import { goesDirect } from './direct.js';
import type { HttpTarget } from './http-client.js';
import { type Trust, trustOf } from './trust.js';
import { openTunnel, proxyAt } from './tunnel.js';

/** The ways to a system. */
export interface Agents {
  /** Keeps connections for the next request. */
  readonly kept: http.Agent;
  /**
   * A connection for each request: for writes, since a kept connection that the system has just closed
   * leaves it open whether the write arrived, and for repeats, since a second kept one may be closed too.
   */
  readonly fresh: http.Agent;
  close(): void;
}

/** Direct or through the configured proxy, trusting the configured authorities. */
export function agentsFor(target: HttpTarget, parallel: number): Agents {
  const needsTrust = target.address.protocol === 'https:' || target.network.proxy !== null;
  const trust = needsTrust ? trustOf(target) : undefined;
  const kept = agentFor(target, trust, {
    ...{ keepAlive: true, maxSockets: parallel, maxFreeSockets: parallel, scheduling: 'lifo' },
  });
  const fresh = agentFor(target, trust, { keepAlive: false });
  return {
    kept,
    fresh,
    close: () => {
      kept.destroy();
      fresh.destroy();
    },
  };
}

function agentFor(target: HttpTarget, trust: Trust | undefined, options: http.AgentOptions): http.Agent {
  const { address, network, tls } = target;
  const checks = {
    ...(trust ? { secureContext: trust.system } : {}),
    // Said always, so that NODE_TLS_REJECT_UNAUTHORIZED of the environment decides nothing.
    rejectUnauthorized: tls?.rejectUnauthorized ?? true,
    ...(tls?.servername ? { servername: tls.servername } : {}),
  };
  const encrypted = address.protocol === 'https:';
  const agent = encrypted ? new https.Agent({ ...options, ...checks }) : new http.Agent(options);
  if (network.proxy === null || trust === undefined || goesDirect(address, network.noProxy)) return agent;
  const proxy = proxyAt(network.proxy);
  agent.createConnection = (given, callback) => {
    // Node hands an agent the options of the request that needs the connection, `hangUp` of ours included.
    const { host, port, servername, hangUp } = given as NeededConnection;
    openTunnel({ proxy, host, port, secureContext: trust.proxy, signal: hangUp }, (error, socket) => {
      // Node's types ask for a connection beside an error, Node itself does not.
      if (socket === undefined) callback?.(error, undefined as unknown as Duplex);
      else callback?.(null, encrypted ? secure({ servername, ...checks, host, socket }) : socket);
    });
    return undefined;
  };
  return agent;
}

interface NeededConnection {
  readonly host: string;
  readonly port: number;
  /** Of an encrypted one; empty for an IP address. */
  readonly servername: string;
  readonly hangUp?: AbortSignal;
}
