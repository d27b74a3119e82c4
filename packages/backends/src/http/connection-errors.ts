import { ToolError } from '@devops-mcp/contract';
import type { HttpTarget } from './http-client.js';
import { brokenAnswer, brokenOff } from './http-errors.js';
import { ConnectionProblem } from './problems.js';
import { ProxyProblem } from './tunnel.js';

/** What a socket, a resolver, TLS, the HTTP parser or the proxy says, as one of the closed codes. */
export function failedConnection(target: HttpTarget, cause: unknown): ToolError {
  if (cause instanceof ProxyProblem) return failedProxy(target, cause);
  const code = codeOf(cause);
  if (code.startsWith('HPE_')) {
    const what = code === 'HPE_HEADER_OVERFLOW' ? 'an answer whose headers are too large' : 'no valid HTTP';
    return brokenAnswer(target, what, cause);
  }
  if (/^(ERR_SSL_|EPROTO|ERR_TLS_)|CERT|SIGNATURE|HOSTNAME/.test(code)) return failedTls(target, code, cause);
  if (!(code === 'ENOTFOUND' || whileConnecting(cause))) {
    return new ToolError('unavailable', `${target.system} closed the connection without an answer.`, {
      hint: `Try again; if it stays so, check whether ${target.address.host} is well and speaks ${spoken(target)}.`,
      cause: new ConnectionProblem('cut-off', cause),
    });
  }
  const unknown = code === 'ENOTFOUND';
  return new ToolError(
    'unavailable',
    unknown
      ? `The name of ${target.system}, ${target.address.hostname}, is not known here.`
      : `${target.system} cannot be reached at ${target.address.host}.`,
    {
      hint: 'Check the address, the network and network.proxy in the configuration.',
      cause: new ConnectionProblem(unknown ? 'unknown-host' : 'not-connected', cause),
    },
  );
}

function failedTls({ system, address }: HttpTarget, code: string, cause: unknown): ToolError {
  const why = new ConnectionProblem('untrusted', cause);
  if (/ALERT.*(CERTIFICATE|HANDSHAKE_FAILURE|UNKNOWN_CA)/.test(code)) {
    return new ToolError('denied', `${system} asks for a client certificate that it trusts.`, {
      hint: `Configure the client certificate and key that ${system} was told of.`,
      cause: why,
    });
  }
  if (/WRONG_VERSION_NUMBER|EPROTO|PACKET_LENGTH/.test(code)) {
    return new ToolError('unavailable', `What answers at ${address.host} does not speak TLS.`, {
      hint: `Check whether the address of ${system} begins with http:// instead.`,
      cause: why,
    });
  }
  if (/EXPIRED|NOT_YET_VALID/.test(code)) {
    return new ToolError('unavailable', `The certificate of ${system} is not valid at this time.`, {
      hint: `Have it renewed, or check the clock of this machine.`,
      cause: why,
    });
  }
  if (/ALTNAME|HOSTNAME/.test(code)) {
    return new ToolError('unavailable', `The certificate of ${system} is not for ${address.hostname}.`, {
      hint: 'Use the name that the certificate carries as the address.',
      cause: why,
    });
  }
  return new ToolError('unavailable', `The certificate of ${system} is not trusted here.`, {
    hint: 'Name its authority in network.caFile, or the caFile of this backend.',
    cause: why,
  });
}

function failedProxy({ system, address }: HttpTarget, problem: ProxyProblem): ToolError {
  const { status } = problem;
  if (status === 407) {
    return new ToolError(
      'denied',
      `The proxy on the way to ${system} did not accept the credential for it.`,
      {
        hint: 'Check the user and password in network.proxy.',
        cause: new ConnectionProblem('untrusted', problem),
      },
    );
  }
  if (status !== undefined && status < 500) {
    return new ToolError('denied', `The proxy does not open connections to ${system}.`, {
      hint: `Have ${address.host} allowed there, or name it in network.noProxy.`,
      cause: new ConnectionProblem('untrusted', problem),
    });
  }
  if (status !== undefined) {
    return new ToolError('unavailable', `The proxy could not reach ${system} (${status}).`, {
      hint: `Check the address ${address.host}, or name it in network.noProxy if it is reached directly.`,
      cause: new ConnectionProblem('not-connected', problem),
    });
  }
  const untrusted = /CERT|SIGNATURE|ALTNAME|EXPIRED/.test(codeOf(problem.cause));
  return new ToolError(
    'unavailable',
    untrusted ? 'The certificate of the proxy is not trusted here.' : 'The proxy cannot be reached.',
    {
      hint: untrusted ? 'Name its authority in network.caFile.' : 'Check network.proxy in the configuration.',
      cause: new ConnectionProblem(untrusted ? 'untrusted' : 'not-connected', problem),
    },
  );
}

/** A body that ended early is cut off; one that could not be unpacked was never right. */
export function failedBody(target: HttpTarget, cause: unknown): ToolError {
  return /^(Z_|ERR_|HPE_)/.test(codeOf(cause)) && codeOf(cause) !== 'ERR_STREAM_PREMATURE_CLOSE'
    ? brokenAnswer(target, 'an answer that cannot be unpacked', cause)
    : brokenOff(target, cause);
}

/** Only what failed before there was a connection: the same codes later leave open what has arrived. */
function whileConnecting(cause: unknown): boolean {
  if (cause instanceof AggregateError) return true;
  const syscall = cause instanceof Error && 'syscall' in cause ? cause.syscall : undefined;
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

function spoken({ address }: HttpTarget): string {
  return address.protocol === 'https:' ? 'HTTPS' : 'HTTP';
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
