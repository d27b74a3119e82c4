import { userInfo } from 'node:os';
import type { Transport } from '@devops-mcp/contract';
import type { Configuration } from '../configuration/load-configuration.js';
import type { Identify } from '../mcp/request-facts.js';

/**
 * Who calls, as far as this process can tell: the configured person, or the machine's user. Nothing
 * proves it over stdio, nor over HTTP as long as nobody signs in, so that it is recorded as asserted.
 */
export function identifierFor(configuration: Configuration, transport: Transport): Identify {
  const subject = configuration.stdioSubject ?? machineUser();
  return ({ client, sessionId }) => ({
    ...{ subject, client, transport, sessionId },
    issuer: 'local',
    assurance: 'asserted',
    model: null,
    delegation: [],
  });
}

function machineUser(): string {
  const { username } = userInfo();
  return `user:default/${username.replace(/[^A-Za-z0-9._-]/g, '-')}`;
}
