import { type Context, Hono } from 'hono';
import { serveOnLoopback } from '../../../sandbox/aws/loopback.ts';
import { functionFileName } from '../../../sandbox/engine/basics/arn.ts';
import type { Handler } from './functions.ts';
import { missingOperations, namedExecution, startTimes } from './missing-operations.ts';

/** A mail that a function has sent. */
export interface SentMail {
  to: string;
  text: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** The one address of this AWS: Lambda's API over the functions, all other APIs by moto. */
export interface Gateway {
  url: string;
  port: number;
  mails: SentMail[];
  /** Errors with which functions ended. */
  failures: string[];
  connect(part: { motoUrl: string; handlers: ReadonlyMap<string, Handler> }): void;
  close(): Promise<void>;
}

/** What Lambda answers: the result, or the error by its name, as Step Functions reads it. */
async function invoke(
  context: Context,
  handler: Handler | undefined,
  failed: (error: Error) => void,
): Promise<Response> {
  if (!handler) return context.json({ Type: 'User', Message: 'Function not found' }, 404);
  try {
    const result = await handler(JSON.parse(startTimes(await context.req.text())));
    return context.json(result ?? null);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    failed(error);
    const failure = { errorType: error.name, errorMessage: error.message, trace: [] };
    return context.json(failure, 200, { 'X-Amz-Function-Error': 'Unhandled' });
  }
}

export async function startGateway(): Promise<Gateway> {
  const mails: SentMail[] = [];
  const failures: string[] = [];
  let connected: Parameters<Gateway['connect']>[0] | undefined;

  async function toMoto(context: Context, body: string): Promise<Response> {
    const { host: _, 'content-length': __, connection: ___, ...headers } = context.req.header();
    const { pathname, search } = new URL(context.req.url);
    const { method } = context.req;
    const answer = await fetch(`${connected?.motoUrl}${pathname}${search}`, {
      method,
      headers,
      ...(method === 'GET' ? {} : { body }),
    });
    const type = answer.headers.get('content-type') ?? 'application/json';
    const errorType = answer.headers.get('x-amzn-errortype');
    return new Response(await answer.text(), {
      status: answer.status,
      headers: { 'content-type': type, ...(errorType ? { 'x-amzn-errortype': errorType } : {}) },
    });
  }

  const app = new Hono();
  app.get('/health', (context) => context.json({ status: 'ok' }));
  app.post('/accept', (context) => context.json({}, 202));
  app.post('/2015-03-31/functions/:name/invocations', (context) => {
    const name = functionFileName(decodeURIComponent(context.req.param('name')));
    return invoke(context, connected?.handlers.get(name), (error) => failures.push(`${name}: ${error}`));
  });
  app.all('*', async (context) => {
    const target = context.req.header('x-amz-target') ?? '';
    const body = namedExecution(target, await context.req.text());
    const missing = missingOperations[target];
    if (missing) {
      const forward = async (changed: unknown) => (await toMoto(context, JSON.stringify(changed))).json();
      return context.json(Object(await missing(JSON.parse(body), forward)));
    }
    const answer = await toMoto(context, body);
    if (context.req.path === '/v2/email/outbound-emails' && answer.ok) mails.push(...mailsIn(body));
    return answer;
  });

  return {
    ...(await serveOnLoopback(app)),
    mails,
    failures,
    connect: (part) => {
      connected = part;
    },
  };
}

function mailsIn(body: string): SentMail[] {
  const { Destination, Content } = JSON.parse(body);
  return Destination.ToAddresses.map((to: string) => ({
    to,
    text: Content.Simple.Body.Text.Data,
    at: Date.now(),
  }));
}
