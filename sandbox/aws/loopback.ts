import { type HttpBindings, serve } from '@hono/node-server';
import type { Hono } from 'hono';

/** What listens on loopback. */
export interface LoopbackServer {
  port: number;
  url: string;
  /** Ends open connections too; resolves when the port is free. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Serves an application to this machine alone; port 0 picks a free one. @throws Error when the port is taken */
export const serveOnLoopback = (
  { fetch }: Hono | Hono<{ Bindings: HttpBindings }>,
  port = 0,
): Promise<LoopbackServer> =>
  new Promise((resolve, reject) => {
    const options = { fetch, hostname: HOST, port, overrideGlobalObjects: false };
    const server = serve(options, (address) =>
      resolve({
        port: address.port,
        url: `http://${HOST}:${address.port}`,
        close: () =>
          new Promise((closed, failed) => {
            server.close((error) => (error ? failed(error) : closed()));
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      }),
    );
    server.on('error', reject);
  });
