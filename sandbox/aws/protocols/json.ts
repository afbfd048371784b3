import { AwsError } from '../errors.ts';
import type { WireRequest } from '../wire.ts';
import { type ParsedCall, readInput } from './parsed-call.ts';

/** An API of the front door, by its name in IAM. */
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
  ['AmazonSSM', { service: 'ssm', jsonVersion: '1.1' }],
]);

const readJson = (body: string) =>
  readInput(
    () => (body === '' ? {} : JSON.parse(body)),
    () => new AwsError('SerializationException', 'The request body is not valid JSON.'),
  );

/**
 * AWS JSON 1.0 and 1.1: the operation is in `X-Amz-Target`, an error's name in `__type`. A client that asks for the query
 * protocol's codes of an API that has both is given them in a header.
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonCall(request: WireRequest, target: string, requestId: string): ParsedCall {
  const [prefix = '', operation = ''] = target.split('.');
  const api = JSON_APIS.get(prefix) ?? { service: prefix, jsonVersion: '1.0' };
  const headers = {
    'content-type': `application/x-amz-json-${api.jsonVersion}`,
    'x-amzn-requestid': requestId,
  };
  return {
    service: api.service,
    operation,
    ...readJson(request.body),
    unknownOperation: 'UnknownOperationException',
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

/** REST with JSON bodies, as SES v2 and Lambda have it: an error's name travels in a header. */
export function restCall(request: WireRequest, service: string, operation: string, id: string): ParsedCall {
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': id };
  return {
    service,
    operation,
    ...readJson(request.body),
    unknownOperation: 'UnknownOperationException',
    encode: (output) => ({ status: 200, headers, body: JSON.stringify(output) }),
    encodeError: ({ name, message, status }) => ({
      status,
      headers: { ...headers, 'x-amzn-errortype': name },
      body: JSON.stringify({ message }),
    }),
  };
}
