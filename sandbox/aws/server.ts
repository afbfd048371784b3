import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { WireTimeout } from './errors.ts';
import { type LoopbackServer, serveOnLoopback } from './loopback.ts';
import { refusalOf } from './own-callers.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/** The simulated AWS, served over HTTP on loopback; `url` is for `--endpoint-url` and `AWS_ENDPOINT_URL`. */
export type AwsServer = LoopbackServer;

export interface AwsServerOptions {
  /** 0 picks a free port. */
  port: number;
  /** More pages under the same address, such as the approval page; they come before the AWS protocols. */
  routes?: Hono;
}

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

/** Refuses what comes from elsewhere, before any page or protocol sees it. */
function guarded(app: Hono<Bindings>): Hono<Bindings> {
  app.use('*', async (context, next) => {
    const { incoming } = context.env;
    const knock = {
      method: context.req.method,
      path: context.req.path,
      headers: { ...context.req.header(), host: incoming.headers.host },
    };
    const refusal = refusalOf(knock, incoming.socket.localPort ?? 0);
    if (!refusal) return next();
    return context.text(`${refusal.why}\n`, refusal.status, { 'x-content-type-options': 'nosniff' });
  });
  return app;
}

/** Serves `handle` on 127.0.0.1 to callers on this machine that no other web site sent. @throws Error when the port is taken */
export function serveAws(
  handle: (request: WireRequest) => Promise<WireResponse>,
  options: AwsServerOptions,
): Promise<AwsServer> {
  const app = guarded(new Hono<Bindings>());
  if (options.routes !== undefined) app.route('/', options.routes);
  app.route('/', awsApp(handle));
  return serveOnLoopback(app, options.port);
}
