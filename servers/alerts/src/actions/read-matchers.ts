import { ToolError } from '@devops-mcp/contract';
import type { Silence } from '@devops-mcp/domain';

/** Reads matchers as Alertmanager writes them: `alertname=HighErrorRate`, `service=~"payments-.*"`. */
export function readMatchers(texts: readonly string[]): Silence['matchers'] {
  return texts.map((text) => {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]{0,199})\s*(=~|!~|!=|=)\s*(.*?)\s*$/s.exec(text);
    if (!match) {
      throw new ToolError('invalid_input', 'A matcher is a label, an operator and a value.', {
        hint: 'For example alertname=HighErrorRate, or service=~payments-.* with =, !=, =~ or !~.',
      });
    }
    const [, name = '', operator = '=', raw = ''] = match;
    const quoted = /^"(.*)"$/s.exec(raw)?.[1];
    const value = quoted === undefined ? raw : quoted.replaceAll(/\\(["\\])/g, '$1');
    return { name, value, isRegex: operator.includes('~'), isEqual: !operator.startsWith('!') };
  });
}
