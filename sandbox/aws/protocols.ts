import { AwsError } from './errors.ts';
import type { Output } from './input.ts';
import { QUERY_APIS, readForm, xml } from './query.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/** The APIs of the front door, by their name in IAM. */
export interface Api {
  /** `ecs`, `application-autoscaling`, ... */
  service: string;
  /** JSON protocol version in the content type. */
  jsonVersion: '1.0' | '1.1';
}

/** APIs of the AWS JSON protocols by the prefix of `X-Amz-Target`. */
export const JSON_APIS: ReadonlyMap<string, Api> = new Map([
  ['AmazonEC2ContainerServiceV20141113', { service: 'ecs', jsonVersion: '1.1' }],
  ['AnyScaleFrontendService', { service: 'application-autoscaling', jsonVersion: '1.1' }],
  ['GraniteServiceVersion20100801', { service: 'cloudwatch', jsonVersion: '1.0' }],
  ['AWSStepFunctions', { service: 'states', jsonVersion: '1.0' }],
  ['DynamoDB_20120810', { service: 'dynamodb', jsonVersion: '1.0' }],
  ['AWSEvents', { service: 'events', jsonVersion: '1.1' }],
]);

/** One request, understood: which call it is, its input, and how its answer is written. */
export interface ParsedCall {
  service: string;
  operation: string;
  input: unknown;
  encode(output: Output): WireResponse;
  encodeError(error: Error & { status: number }): WireResponse;
}

function parseJson(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
}

function jsonCall(request: WireRequest, target: string, requestId: string): ParsedCall {
  const [prefix = '', operation = ''] = target.split('.');
  const api = JSON_APIS.get(prefix) ?? { service: prefix, jsonVersion: '1.0' };
  const headers = {
    'content-type': `application/x-amz-json-${api.jsonVersion}`,
    'x-amzn-requestid': requestId,
  };
  return {
    service: api.service,
    operation,
    input: parseJson(request.body),
    encode: (output) => ({ status: 200, headers, body: JSON.stringify(output) }),
    encodeError({ name, message, status }) {
      // Application Auto Scaling spells the member with a capital letter.
      const text = api.service === 'application-autoscaling' ? { Message: message } : { message };
      const fault = status >= 500 ? 'Receiver' : 'Sender';
      const queryError = request.headers['x-amzn-query-mode'] === 'true';
      return {
        status,
        headers: { ...headers, ...(queryError && { 'x-amzn-query-error': `${name};${fault}` }) },
        body: JSON.stringify({ __type: name, ...text }),
      };
    },
  };
}

/** The query protocol: SNS for every client, CloudWatch for older ones such as version 2.9 of the AWS CLI. */
function queryCall(request: WireRequest, requestId: string): ParsedCall | undefined {
  const { Action: operation, Version: version, ...input } = readForm(request.body);
  const api = QUERY_APIS.get(String(version));
  if (api === undefined || typeof operation !== 'string') return undefined;
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
  const metadata = `<RequestId>${requestId}</RequestId>`;
  const wrapped = (tag: string, content: string) => `<${tag} xmlns="${api.namespace}">${content}</${tag}>`;
  return {
    service: api.service,
    operation,
    input,
    encode: (output) => ({
      status: 200,
      headers,
      body: wrapped(
        `${operation}Response`,
        `<${operation}Result>${xml(output)}</${operation}Result><ResponseMetadata>${metadata}</ResponseMetadata>`,
      ),
    }),
    encodeError({ name, message, status }) {
      const error = xml({ Type: status >= 500 ? 'Receiver' : 'Sender', Code: name, Message: message });
      return { status, headers, body: wrapped('ErrorResponse', `<Error>${error}</Error>${metadata}`) };
    },
  };
}

/** The operations of REST APIs with JSON bodies, by method and path: SES v2, and Lambda. */
const REST_APIS: ReadonlyMap<string, readonly [service: string, operation: string]> = new Map([
  ['POST /v2/email/outbound-emails', ['ses', 'SendEmail']],
  ['GET /v2/email/account', ['ses', 'GetAccount']],
  ['GET /2016-08-19/account-settings', ['lambda', 'GetAccountSettings']],
]);

/** In a REST API error names travel in a header. */
function restCall(request: WireRequest, requestId: string): ParsedCall | undefined {
  const [path = ''] = request.path.split('?');
  const [service, operation] = REST_APIS.get(`${request.method} ${path.replace(/\/$/, '')}`) ?? [];
  if (service === undefined || operation === undefined) return undefined;
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
  return {
    service,
    operation,
    input: parseJson(request.body),
    encode: (output) => ({ status: 200, headers, body: JSON.stringify(output) }),
    encodeError: ({ name, message, status }) => ({
      status,
      headers: { ...headers, 'x-amzn-errortype': name },
      body: JSON.stringify({ message }),
    }),
  };
}

/** Recognises the protocol of a request; undefined when it is none that is spoken here. */
export function parseCall(request: WireRequest, requestId: string): ParsedCall | undefined {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return jsonCall(request, target, requestId);
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return queryCall(request, requestId);
  }
  return restCall(request, requestId);
}
