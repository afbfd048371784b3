import { z } from 'zod';
import { decideApproval, redeliver, showApproval, withdraw } from '../shared/approval-service.ts';
import { states, store } from '../shared/aws/clients.ts';
import { lambda, step } from '../shared/lambda.ts';
import { type Page, pageHeaders, refusedPage } from '../shared/page.ts';
import type { Tools } from '../shared/tools.ts';

/** An HTTP API request, payload format 2.0; only what this function reads. */
const HttpRequest = z.object({
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
  pathParameters: z.object({ handle: z.string() }).optional(),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
});

const largestBody = 8192;

/** What `approval-reminder` asks for: hand a decision over that was stored but not delivered. */
const Redelivery = z.object({ redeliver: z.string() });
/** What `emergency-scaling` asks for: end the waiting of a scale-in that it has put out of business. */
const Withdrawal = z.object({ withdraw: z.string() });

/** The approval link: GET and HEAD only show, only POST decides. The one function that may answer a task token. */
export const approval = step({
  name: 'approval',
  input: z.union([HttpRequest, Redelivery, Withdrawal]),
  async run(event, tools: Tools<'states' | 'store'>) {
    if ('redeliver' in event) return redeliver(event.redeliver, tools);
    if ('withdraw' in event) return withdraw(event.withdraw, tools);
    const { method } = event.requestContext.http;
    const answer = await answerTo(method, event.pathParameters?.handle ?? '', bodyOf(event), tools);
    return { statusCode: answer.status, headers: pageHeaders, body: method === 'HEAD' ? '' : answer.body };
  },
});

export const handler = lambda(approval, { states, store });

function bodyOf({ body = '', isBase64Encoded }: z.infer<typeof HttpRequest>): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

async function answerTo(
  method: string,
  handle: string,
  body: string,
  tools: Tools<'states' | 'store'>,
): Promise<Page> {
  if (method === 'GET' || method === 'HEAD') return showApproval(handle, tools);
  if (method !== 'POST' || body.length > largestBody) return refusedPage();
  return decideApproval(handle, new URLSearchParams(body), tools);
}
