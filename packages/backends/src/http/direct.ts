import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { ToolError } from '@devops-mcp/contract';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * True for loopback and for what `noProxy` names: `*`, a domain with all that is below it
 * (`example.com`, `.example.com` and `*.example.com` are the same), an IP address, or a range of them
 * (`10.0.0.0/8`). Each may end in a port and then holds for that port alone. Names are compared as
 * written and never resolved. Throws `invalid_input` for an entry that is none of these.
 */
export function goesDirect(address: URL, noProxy: readonly string[]): boolean {
  const host = plain(address.hostname);
  const port = address.port || (address.protocol === 'https:' ? '443' : '80');
  const rules = noProxy.map(ruleOf);
  if (host === 'localhost' || host.endsWith('.localhost') || inList(loopback, host)) return true;
  return rules.some((rule) => (rule.port === undefined || rule.port === port) && rule.holds(host));
}

interface Rule {
  readonly port: string | undefined;
  holds(host: string): boolean;
}

function ruleOf(entry: string): Rule {
  const { name, port } = splitPort(entry.trim());
  if (name === '*') return { port, holds: () => true };
  const [ip = '', bits] = name.split('/');
  const version = isIP(plain(ip));
  if (version !== 0) {
    const range = rangeOf(plain(ip), version, bits);
    if (range === undefined) throw unreadable(entry);
    return { port, holds: (host) => inList(range, host) };
  }
  const domain = domainToASCII(plain(name.replace(/^\*?\./, '')));
  // An empty domain would hold for every name that ends in a dot, a star elsewhere for none.
  if (domain === '' || /[/*:@]/.test(domain) || bits !== undefined) throw unreadable(entry);
  return { port, holds: (host) => host === domain || host.endsWith(`.${domain}`) };
}

/** `[::1]:8080` and `host:8080` have a port, `::1` has none. */
function splitPort(entry: string): { readonly name: string; readonly port: string | undefined } {
  const found = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(entry);
  return { name: found?.[1] ?? entry, port: found?.[2] };
}

function rangeOf(ip: string, version: number, bits: string | undefined): BlockList | undefined {
  const widest = version === 4 ? 32 : 128;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > widest)) return undefined;
  const range = new BlockList();
  range.addSubnet(ip, bits === undefined ? widest : Number(bits), version === 4 ? 'ipv4' : 'ipv6');
  return range;
}

function inList(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** Without the brackets of IPv6 and the dot at the end of a full name. */
function plain(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function unreadable(entry: string): ToolError {
  return new ToolError(
    'invalid_input',
    `network.noProxy holds ${JSON.stringify(entry)}, which names no host.`,
    {
      hint: 'Write a domain such as example.com, an address, a range such as 10.0.0.0/8, or *.',
    },
  );
}
