import { ToolError } from '@devops-mcp/contract';

const longestUri = 2048;

/**
 * Matches an address against an RFC 6570 level 1 template such as `alert://{environment}/active`.
 * Gives the decoded variables, or undefined. A variable never spans a slash.
 */
export function matchUri(template: string, uri: string): Readonly<Record<string, string>> | undefined {
  if (uri.length > longestUri) return undefined;
  const wanted = template.split('/');
  const given = uri.split('/');
  if (wanted.length !== given.length) return undefined;
  const variables: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const part = given[index] ?? '';
    const name = /^\{([A-Za-z][A-Za-z0-9_]*)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      if (segment !== part) return undefined;
      continue;
    }
    if (part === '') return undefined;
    variables[name] = decode(part);
  }
  return variables;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new ToolError('invalid_input', 'The address is not encoded as an address should be.', { cause });
  }
}
