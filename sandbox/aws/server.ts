import { type HttpBindings, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { WireTimeout } from './errors.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/** The simulated AWS, served over HTTP on loopback. */
export interface AwsServer {
  port: number;
  /** For `--endpoint-url` and `AWS_ENDPOINT_URL`. */
  url: string;
  /** Ends open connections too; resolves when the port is free. */
  close(): Promise<void>;
}

export interface AwsServerOptions {
  /** 0 picks a free port. */
  port: number;
  /** More pages under the same address, such as the approval page; they come before the AWS protocols. */
  routes?: Hono;
}

const HOST = '127.0.0.1';

type Bindings = { Bindings: HttpBindings };

function callerOf(userAgent: string | undefined): string {
  return userAgent?.includes('aws-cli') ? 'aws-cli' : 'sdk';
}

function awsApp(handle: (request: WireRequest) => Promise<WireResponse>): Hono<Bindings> {
  const app = new Hono<Bindings>();
  app.all('*', async (context) => {
    const { pathname, search } = new URL(context.req.url);
    const headers = context.req.header();
    try {
      const answer = await handle({
        method: context.req.method,
        path: pathname + search,
        headers,
        body: await context.req.text(),
        caller: callerOf(headers['user-agent']),
      });
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    } catch (error) {
      // The client of an injected time-out loses its connection and never sees this answer.
      if (error instanceof WireTimeout) context.env.incoming.socket.destroy();
      return context.json({ __type: 'InternalFailure', message: String(error) }, 500);
    }
  });
  return app;
}

/** Serves `handle` on 127.0.0.1. @throws Error when the port is taken */
export function serveAws(
  handle: (request: WireRequest) => Promise<WireResponse>,
  options: AwsServerOptions,
): Promise<AwsServer> {
  const app = new Hono();
  if (options.routes !== undefined) app.route('/', options.routes);
  app.route('/', awsApp(handle));
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch: app.fetch, hostname: HOST, port: options.port, overrideGlobalObjects: false },
      ({ port }) =>
        resolve({
          port,
          url: `http://${HOST}:${port}`,
          close: () =>
            new Promise((closed, failed) => {
              server.close((error) => (error ? failed(error) : closed()));
              if ('closeAllConnections' in server) server.closeAllConnections();
            }),
        }),
    );
    server.on('error', reject);
  });
}
