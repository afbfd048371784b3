import { Hono } from 'hono';
import { z } from 'zod';
import type { Sandbox } from '../sandbox.ts';

/** What the function answers, in the payload format of an HTTP API. */
const Answer = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

/** Alertmanager's webhook over the sandbox: POST /alerts, answered by the shipped `alert-webhook` function. */
export function webhookRoutes(sandbox: () => Pick<Sandbox, 'functions'> | undefined): Hono {
  const routes = new Hono();
  routes.post('/alerts', async (context) => {
    const webhook = sandbox()?.functions['alert-webhook'];
    if (!webhook) return context.json({ error: 'starting' }, 503);
    // The HTTP API hands over what is no text, such as a compressed body, in base64.
    const compressed = context.req.header('content-encoding') !== undefined;
    const event = {
      version: '2.0',
      routeKey: 'POST /alerts',
      headers: context.req.header(),
      requestContext: { http: { method: 'POST', path: '/alerts' } },
      body: compressed
        ? Buffer.from(await context.req.arrayBuffer()).toString('base64')
        : await context.req.text(),
      isBase64Encoded: compressed,
    };
    const answered = await webhook(event, {
      functionName: 'emergency-scaling-alert-webhook',
      awsRequestId: 'alertmanager',
    });
    const { statusCode, headers, body } = Answer.parse(answered);
    return new Response(body, { status: statusCode, headers });
  });
  return routes;
}
