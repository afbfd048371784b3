import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { serveOnLoopback } from '../../sandbox/aws/loopback.ts';
import { missingOperations } from '../aws/deployed/missing-operations.ts';
import { open } from './browser.ts';

/** The one address of this AWS, and of what the functions call besides. */
export interface Proxy {
  url: string;
  /** What the chat was told. */
  chat: string[];
  /** What subscribers of the topic were told, at `/topic`. */
  topic: string[];
  connect(part: { ministack: string; moto: string }): void;
  close(): Promise<void>;
}

/** Application Auto Scaling is moto's; MiniStack has none. */
const scaling = 'AnyScaleFrontendService.';

/** The operations that neither has, by `X-Amz-Target`; see gaps.ts. */
const supplied = [
  'AnyScaleFrontendService.DescribeScalingActivities',
  'GraniteServiceVersion20100801.GetMetricData',
];

/** What SNS posts to a subscriber: a request to confirm, by opening an address, or a notice. */
const FromTopic = z.object({ SubscribeURL: z.string().optional(), Message: z.string() });

/** Starts the proxy on a free port of loopback. It answers for AWS once it is connected. */
export async function startProxy(): Promise<Proxy> {
  const chat: string[] = [];
  const topic: string[] = [];
  let connected: Parameters<Proxy['connect']>[0] | undefined;

  async function forward(context: Context, target: string, body: ArrayBuffer | string): Promise<Response> {
    const { host: _, 'content-length': __, connection: ___, ...headers } = context.req.header();
    const { pathname, search } = new URL(context.req.url);
    const { method } = context.req;
    const send = (to = '') =>
      fetch(`${to}${pathname}${search}`, {
        method,
        headers,
        ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
      });
    const asked = await send(connected?.ministack);
    // MiniStack knows the caller's rights, also to what moto does.
    const answer = target.startsWith(scaling) && asked.ok ? await send(connected?.moto) : asked;
    const { 'content-encoding': ____, 'content-length': _____, ...rest } = Object.fromEntries(answer.headers);
    return new Response(await answer.arrayBuffer(), { status: answer.status, headers: rest });
  }

  const app = new Hono();
  // Whoever waits for an AWS that has ended hears it from here.
  app.onError((error, context) => context.text(String(error), 502));
  app.get('/health', (context) => context.json({ status: 'ok' }));
  app.get('/prometheus/*', (context) => context.notFound());
  app.get('/metrics', (context) => context.notFound());
  app.post('/chat', async (context) => {
    chat.push(await context.req.text());
    return context.json({}, 202);
  });
  app.post('/topic', async (context) => {
    const { SubscribeURL, Message } = FromTopic.parse(await context.req.json());
    if (SubscribeURL) await open(SubscribeURL);
    else topic.push(Message);
    return context.json({});
  });
  app.all('*', async (context) => {
    const target = context.req.header('x-amz-target') ?? '';
    const body = await context.req.arrayBuffer();
    const missing = supplied.includes(target) ? missingOperations[target] : undefined;
    if (!missing) return forward(context, target, body);
    const ask = async (changed: unknown) => (await forward(context, target, JSON.stringify(changed))).json();
    return context.json(Object(await missing(JSON.parse(Buffer.from(body).toString('utf8')), ask)));
  });

  const { url, close } = await serveOnLoopback(app);
  return {
    url,
    chat,
    topic,
    connect: (part) => {
      connected = part;
    },
    close,
  };
}
