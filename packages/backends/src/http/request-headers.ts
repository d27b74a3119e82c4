import { validateHeaderValue } from 'node:http';
import { ToolError } from '@devops-mcp/contract';
import type { HttpRequest, HttpTarget } from './http-client.js';

/** The headers of one attempt; the credential is asked for each time, since it may have been renewed. */
export async function headersOf(
  target: HttpTarget,
  { headers, body }: HttpRequest,
): Promise<Readonly<Record<string, string>>> {
  return {
    accept: 'application/json',
    'accept-encoding': 'gzip',
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...(await credentialHeaders(target)),
    ...headers,
  };
}

async function credentialHeaders(target: HttpTarget): Promise<Readonly<Record<string, string>>> {
  const { system, credentialSetting = `the credential of ${system} in the configuration` } = target;
  try {
    const headers = (await target.headers?.()) ?? {};
    for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
    return headers;
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    // Node's error names the header alone, but whatever `headers` threw may hold the secret: no cause.
    throw new ToolError('denied', `The credential for ${system} cannot be used.`, {
      hint: `Check ${credentialSetting}: it cannot be read, or holds a line break or another character that no header carries.`,
    });
  }
}
