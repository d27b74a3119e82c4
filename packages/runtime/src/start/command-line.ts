import { parseArgs } from 'node:util';
import type { Narrowing } from '../surface/narrowing.js';
import { StartError } from './start-error.js';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' | 'version' | 'describe' }
  | { readonly kind: 'examine'; readonly config: string | undefined }
  | {
      readonly kind: 'serve';
      readonly config: string | undefined;
      readonly narrowing: Narrowing;
      readonly http: HttpAddress | undefined;
    }
  | {
      readonly kind: 'execute';
      readonly config: string | undefined;
      readonly request: string;
      readonly approvals: readonly string[];
    };

export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

const options = {
  config: { type: 'string' },
  'read-only': { type: 'boolean' },
  tools: { type: 'string', multiple: true },
  'exclude-tools': { type: 'string', multiple: true },
  http: { type: 'string' },
  describe: { type: 'boolean' },
  examine: { type: 'boolean' },
  execute: { type: 'string' },
  approval: { type: 'string', multiple: true },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the arguments after the program's name. Throws a StartError of kind usage for wrong ones. */
export function readCommandLine(args: readonly string[]): Command {
  const values = parse(args);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  if (values.describe) return { kind: 'describe' };
  if (values.examine) return { kind: 'examine', config: values.config };
  if (values.execute !== undefined) {
    return {
      kind: 'execute',
      config: values.config,
      request: values.execute,
      approvals: values.approval ?? [],
    };
  }
  if (values.approval) throw usage('--approval belongs to --execute.');
  return {
    kind: 'serve',
    config: values.config,
    narrowing: {
      readOnly: values['read-only'] ?? false,
      tools: values.tools && namesIn(values.tools, '--tools'),
      excludeTools: namesIn(values['exclude-tools'] ?? [], '--exclude-tools'),
    },
    http: values.http === undefined ? undefined : loopbackAddress(values.http),
  };
}

export function helpText(bin: string, title: string): string {
  return `${bin} — ${title} (MCP server)

Usage: ${bin} [flags]            speaks MCP over standard input and output
       ${bin} --http 127.0.0.1:PORT   speaks MCP over HTTP on this machine

  --config FILE           devops-mcp.yaml; else DEVOPS_MCP_CONFIG, then the user's configuration folder
  --read-only             serve no actions
  --tools a,b             serve only these tools
  --exclude-tools a,b     serve all but these tools
  --http 127.0.0.1:PORT   loopback HTTP; without authentication it serves reads alone
  --describe              print what this server is and publishes, as JSON
  --examine               ask every configured backend whether it works; prints JSON, changes nothing
  --execute REQUEST       apply an approved request (executor's configuration); prints a JSON result
  --approval FILE         an approval for --execute; may be repeated
  --version, --help
`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : '';
    throw usage(`${message.replace(/\.? To specify.*$/, '').replace(/\.$/, '')}. See --help.`);
  }
}

function namesIn(values: readonly string[], flag: string): readonly string[] {
  const names = values.flatMap((value) => value.split(',')).map((name) => name.trim());
  if (names.includes('')) throw usage(`${flag} takes names of tools, separated by commas.`);
  return names;
}

/** Throws for addresses that other machines could reach: nothing here authenticates a caller. */
function loopbackAddress(text: string): HttpAddress {
  const match = /^(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535) {
    throw usage(
      `--http ${text.slice(0, 80)}: only addresses of this machine are served, such as 127.0.0.1:3900, since callers over HTTP are not authenticated.`,
    );
  }
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

function usage(message: string): StartError {
  return new StartError(message, { kind: 'usage' });
}
