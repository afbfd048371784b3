import * as v from 'valibot';

/** An HTTP API request, payload format 2.0; only what the approval page reads. Header names are in lower case. */
export const HttpRequest = v.object({
  requestContext: v.object({
    requestId: v.optional(v.string(), ''),
    http: v.object({ method: v.string(), sourceIp: v.optional(v.string(), '') }),
  }),
  headers: v.optional(v.record(v.string(), v.string()), {}),
  pathParameters: v.optional(v.object({ handle: v.string() })),
  body: v.optional(v.string()),
  isBase64Encoded: v.optional(v.boolean()),
});
type HttpRequest = v.InferOutput<typeof HttpRequest>;

/** What a request to the page wants; a malformed or suspicious one wants nothing that it could get. */
export type ApprovalAction =
  | { kind: 'show' }
  | { kind: 'decide'; form: URLSearchParams }
  | { kind: 'nothing'; why: string };

/** A form with the longest reason in any script, percent-encoded, fits; in bytes. */
const largestBody = 16_384;

/** GET and HEAD show; a POST decides if it is a form of moderate size that this very page sent. Pure. */
export function actionOf(request: HttpRequest): ApprovalAction {
  const { method } = request.requestContext.http;
  if (method === 'GET' || method === 'HEAD') return { kind: 'show' };
  if (method !== 'POST') return { kind: 'nothing', why: `method ${method.slice(0, 20)}` };
  const { headers } = request;
  if (!isForm(headers['content-type'])) return { kind: 'nothing', why: 'content type' };
  if (!isFromThisPage(headers)) return { kind: 'nothing', why: 'sent by another site' };
  const body = bodyOf(request);
  if (body.length > largestBody) return { kind: 'nothing', why: 'oversized body' };
  return { kind: 'decide', form: new URLSearchParams(body.toString('utf8')) };
}

const isForm = (contentType = ''): boolean =>
  contentType.split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded';

/**
 * What the browser says about who sent the form. With `Referrer-Policy: no-referrer` a page's own form has the origin
 * `null`, so that one is left to Sec-Fetch-Site and to the anti-forgery value.
 * Source: Fetch standard, "append a request Origin header"; Fetch Metadata Request Headers.
 */
function isFromThisPage(headers: Record<string, string>): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const { origin } = headers;
  if (origin === undefined || origin === 'null') return true;
  return URL.canParse(origin) && new URL(origin).host === headers.host?.toLowerCase();
}

function bodyOf({ body = '', isBase64Encoded }: HttpRequest): Buffer {
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}
