import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GoodServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The address of a server that listens on a TCP port is never a path.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function closing(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
