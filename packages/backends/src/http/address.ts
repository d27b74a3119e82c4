import { ToolError } from '@devops-mcp/contract';
import type { HttpRequest, HttpTarget } from './http-client.js';

/** Throws `invalid_input` for an address that would carry a credential in itself or is not HTTP. */
export function checkAddress({ address, system }: HttpTarget): void {
  if (address.protocol !== 'http:' && address.protocol !== 'https:') {
    throw new ToolError('invalid_input', `The address of ${system} must begin with http:// or https://.`);
  }
  if (address.username !== '' || address.password !== '') {
    throw new ToolError('invalid_input', `The address of ${system} holds a user or password.`, {
      hint: 'Take it out of the address and configure it as the credential of this backend.',
    });
  }
}

/**
 * The address of one request, always on the origin and below the path of the target: a name such as
 * `..` in a path would otherwise reach another resource than the one that was checked.
 */
export function addressOf({ address, system }: HttpTarget, { path, query = {} }: HttpRequest): URL {
  if (!path.startsWith('/') || path.split(/[/\\]/).some((part) => /^(\.|%2e){1,2}$/i.test(part))) {
    throw new ToolError('invalid_input', `A name in this request cannot be one of ${system}.`, {
      hint: 'Names of one or two dots are not possible.',
    });
  }
  const url = new URL(address);
  url.pathname = `${address.pathname.replace(/\/$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
  return url;
}
