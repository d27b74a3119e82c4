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
    const value = part === '' ? undefined : decode(part);
    if (value === undefined) return undefined;
    variables[name] = value;
  }
  return variables;
}

/** What is not encoded as an address should be matches nothing. */
function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
