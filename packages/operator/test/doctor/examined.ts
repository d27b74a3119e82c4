import { ToolError } from '@devops-mcp/contract';
import type { AskServer } from '../../src/doctor/ask-servers.js';

export const fine = {
  ...{ environment: 'production', port: 'metrics', backend: 'prometheus' },
  ...{ topic: 'reachability', level: 'ok', message: 'It answers after 12 ms.' },
};

/** Servers by name with their findings; those that are not named are not installed. */
export function serversThatFind(findings: Readonly<Record<string, readonly object[]>>): AskServer {
  return async (name) => {
    const found = findings[name];
    if (found) return { server: name, version: '0.1.0', findings: found };
    throw new ToolError('not_found', `The ${name} server is not installed.`, {
      hint: `npm install -g @devops-mcp/${name}`,
    });
  };
}
