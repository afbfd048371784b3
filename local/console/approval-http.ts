import type { Context } from 'hono';
import { z } from 'zod';
import type { LocalFunction } from '../../sandbox/functions.ts';

/** What the approval function answers: an HTTP API response, payload format 2.0. */
const Answer = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  isBase64Encoded: z.boolean().optional(),
});

/** HTTP APIs hand these bodies over as text and all others, forms too, in base64. */
const isText = (contentType: string | undefined) =>
  /^(text\/|application\/(json|javascript|xml)|[^;]*\+(json|xml))/.test(contentType ?? 'text/plain');

/**
 * Serves one request by the `approval` function, through the event that an HTTP API would send.
 * Source: API Gateway developer guide, "Working with AWS Lambda proxy integrations for HTTP APIs", format 2.0.
 */
export async function answerApproval(
  context: Context,
  approval: LocalFunction,
  now: number,
): Promise<Response> {
  const requestId = `sandbox-${now}`;
  const event = await eventOf(context, requestId, now);
  const answered = await approval(event, {
    functionName: 'emergency-scaling-approval',
    awsRequestId: requestId,
  });
  const { statusCode, headers, body, isBase64Encoded } = Answer.parse(answered);
  return new Response(isBase64Encoded ? Buffer.from(body, 'base64') : body, { status: statusCode, headers });
}

async function eventOf({ req }: Context, requestId: string, now: number) {
  const url = new URL(req.url);
  const { cookie, ...headers } = req.header();
  const routeKey = `${req.method} /approvals/{handle}`;
  const body = Buffer.from(await req.arrayBuffer());
  const text = isText(headers['content-type']);
  const query = Object.entries(req.queries()).map(([name, values]) => [name, values.join(',')]);
  return {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers,
    ...(query.length > 0 ? { queryStringParameters: Object.fromEntries(query) } : {}),
    requestContext: {
      accountId: '123456789012',
      apiId: 'sandbox',
      domainName: url.hostname,
      domainPrefix: url.hostname.split('.')[0],
      http: {
        method: req.method,
        path: url.pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now,
    },
    pathParameters: { handle: req.param('handle') },
    ...(body.length === 0 ? {} : { body: body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000`, the form of `requestContext.time`. */
function commonLogTime(now: number): string {
  const date = new Date(now);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${day}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}
