import type { WireRequest } from '../wire.ts';
import { jsonCall, restCall } from './json.ts';
import type { ParsedCall } from './parsed-call.ts';
import { queryCall } from './query.ts';

/** The service that a client has signed its request for, as `.../ecs/aws4_request`. Source: Signature Version 4. */
const signedFor = ({ headers }: WireRequest): string | undefined =>
  /Credential=[^/]*\/\d+\/[^/]*\/([\w-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];

/** The operations of REST APIs with JSON bodies, by method and path: SES v2, and Lambda. */
const REST_APIS: ReadonlyMap<string, readonly [service: string, operation: string]> = new Map([
  ['POST /v2/email/outbound-emails', ['ses', 'SendEmail']],
  ['GET /v2/email/account', ['ses', 'GetAccount']],
  ['GET /2016-08-19/account-settings', ['lambda', 'GetAccountSettings']],
]);

/** Recognises the protocol of a request; undefined when it is none that is spoken here. */
export function parseCall(request: WireRequest, requestId: string): ParsedCall | undefined {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return jsonCall(request, target, requestId);
  const [path = ''] = request.path.split('?');
  const rest = REST_APIS.get(`${request.method} ${path.replace(/\/$/, '')}`);
  if (rest) return restCall(request, ...rest, requestId);
  const service = signedFor(request);
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return queryCall(request, service ?? 'aws', requestId);
  return service === undefined
    ? undefined
    : restCall(request, service, `${request.method} ${request.path}`, requestId);
}
