import { z } from 'zod';
import { decideApproval, showApproval } from '../shared/approval-service.ts';
import { states, store } from '../shared/aws/clients.ts';
import { lambda, step } from '../shared/lambda.ts';
import { pageHeaders, refusedPage } from '../shared/page.ts';
import type { Tools } from '../shared/tools.ts';

/** An HTTP API request, payload format 2.0; only what this function reads. */
const HttpRequest = z.object({
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
  pathParameters: z.object({ handle: z.string() }).optional(),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
});

const largestBody = 8192;

/** The approval link: GET and HEAD only show, only POST decides. */
export const approval = step({
  name: 'approval',
  input: HttpRequest,
  async run({ requestContext, pathParameters, body, isBase64Encoded }, tools: Tools<'states' | 'store'>) {
    const { method } = requestContext.http;
    const handle = pathParameters?.handle ?? '';
    const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');
    const answer =
      method === 'GET' || method === 'HEAD'
        ? await showApproval(handle, tools)
        : method === 'POST' && text.length <= largestBody
          ? await decideApproval(handle, new URLSearchParams(text), tools)
          : refusedPage();
    return { statusCode: answer.status, headers: pageHeaders, body: method === 'HEAD' ? '' : answer.body };
  },
});

export const handler = lambda(approval, { states, store });
