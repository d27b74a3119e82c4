import type { Transport } from '@devops-mcp/contract';
import { stdioCaller } from '@devops-mcp/governance';
import type { Configuration } from '../configuration/load-configuration.js';
import type { Identify } from '../mcp/request-facts.js';

/**
 * Who calls, as far as this process can tell: the configured person, or the machine's user. Nothing
 * proves it over stdio, nor over HTTP as long as nobody signs in, so that it is recorded as asserted.
 */
export function identifierFor(configuration: Configuration, transport: Transport): Identify {
  const subject = configuration.stdioSubject;
  return ({ client, sessionId }) => ({
    ...stdioCaller({ subject, client, model: null, sessionId }),
    transport,
  });
}
