import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, type FaultProxy, startFaultProxy } from '@devops-mcp/testing/faults';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { closedAfterEach, goodServer, read, rejection } from './target.js';

const authority = createAuthority('Private authority');
const stranger = createAuthority('Authority of nobody here');
let folder: string;
let caFile: string;
let server: Awaited<ReturnType<typeof goodServer>>;
let encrypted: FaultProxy;
const { client, open } = closedAfterEach();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trust-'));
  caFile = join(folder, 'authority.pem');
  await writeFile(caFile, authority.certificate);
  server = await goodServer();
  encrypted = await startFaultProxy({ target: server.url, tls: authority.issue('127.0.0.1') });
});
afterAll(async () => {
  await Promise.all([encrypted.close(), server.close()]);
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  encrypted.play();
  encrypted.forget();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a private authority', () => {
  const address = () => encrypted.url;

  it('is trusted when network.caFile names it', async () => {
    expect((await client(address(), { caFile }).json(read())).body).toEqual({ status: 'success' });
  });

  it('and refused without, naming the setting', async () => {
    const error = await rejection(client(address(), {}).json(read()));
    expect(error).toMatchObject({
      code: 'unavailable',
      message: 'The certificate of Prometheus is not trusted here.',
      hint: 'Name its authority in network.caFile, or the caFile of this backend.',
    });
    expect(encrypted.requests).toHaveLength(0);
  });

  it('is not made up for by the environment', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await rejection(client(address(), {}).json(read()))).toMatchObject({ code: 'unavailable' });
  });

  it('of one backend is trusted for it alone and stands for the others', async () => {
    const own = { tls: { ca: authority.certificate } };
    expect((await client(address(), {}, own).json(read())).body).toEqual({ status: 'success' });
    const other = { tls: { ca: stranger.certificate } };
    expect(await rejection(client(address(), { caFile }, other).json(read()))).toMatchObject({
      message: 'The certificate of Prometheus is not trusted here.',
    });
  });

  it.each([
    ['nothing.pem', undefined],
    ['empty.pem', ''],
    ['text.pem', 'no certificate'],
    ['broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('in a file that cannot be used stops at once: %s', async (file, content) => {
    const path = join(folder, file);
    if (content !== undefined) await writeFile(path, content);
    const opening = () => client(address(), { caFile: path });
    expect(opening).toThrow('network.caFile cannot be read as PEM certificates.');
  });

  it('does not vouch for another name', async () => {
    const tls = authority.issue('grafana.example.com');
    const wrong = await startFaultProxy({ target: server.url, tls });
    open.push(wrong);
    expect(await rejection(client(wrong.url, { caFile }).json(read()))).toMatchObject({
      code: 'unavailable',
      message: 'The certificate of Prometheus is not for 127.0.0.1.',
    });
    const named = { tls: { ca: authority.certificate, servername: 'grafana.example.com' } };
    expect((await client(wrong.url, {}, named).json(read())).body).toEqual({ status: 'success' });
  });

  it('does not vouch for ever', async () => {
    const old = await startFaultProxy({
      target: server.url,
      tls: authority.issue('127.0.0.1', { expired: true }),
    });
    open.push(old);
    expect(await rejection(client(old.url, { caFile }).json(read()))).toMatchObject({
      code: 'unavailable',
      message: 'The certificate of Prometheus is not valid at this time.',
    });
  });
});

describe('TLS', () => {
  it('that the other side does not speak is named', async () => {
    const address = server.url.replace('http:', 'https:');
    expect(await rejection(client(address, {}).json(read()))).toMatchObject({
      code: 'unavailable',
      message: `What answers at 127.0.0.1:${server.port} does not speak TLS.`,
      hint: 'Check whether the address of Prometheus begins with http:// instead.',
    });
  });

  it('with a client certificate is let in with the right one and denied without', async () => {
    const tls = { ...authority.issue('127.0.0.1'), clientAuthority: authority.certificate };
    const strict = await startFaultProxy({ target: server.url, tls });
    open.push(strict);
    const { certificate: cert, key } = authority.issue('reader.example.com');
    const known = client(strict.url, { caFile }, { tls: { cert, key } });
    expect((await known.json(read())).body).toEqual({ status: 'success' });
    expect(await rejection(client(strict.url, { caFile }).json(read()))).toMatchObject({
      code: 'denied',
      message: 'Prometheus asks for a client certificate that it trusts.',
    });
  });

  it('with certificate and key that do not belong together stops at once', () => {
    const { certificate: cert } = authority.issue('reader.example.com');
    const { key } = authority.issue('reader.example.com');
    expect(() => client(encrypted.url, {}, { tls: { cert, key } })).toThrow(
      'The certificate or key for Prometheus cannot be used.',
    );
  });
});
