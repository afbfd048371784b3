import type { WireRequest, WireResponse } from '../wire.ts';
import { readForm, xml } from './form.ts';
import type { ParsedCall } from './parsed-call.ts';

/** An API that is spoken over the query protocol, told by the `Version` of its requests. */
export interface QueryApi {
  /** Name in IAM. */
  service: string;
  /** Namespace of its XML answers. */
  namespace: string;
}

const QUERY_APIS: ReadonlyMap<string, QueryApi> = new Map([
  ['2010-03-31', { service: 'sns', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/' }],
  ['2011-06-15', { service: 'sts', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' }],
  ['2010-08-01', { service: 'cloudwatch', namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/' }],
]);

/** The API that a client means that is not simulated: the name that it signs for. */
const foreign = (service: string, version: string): QueryApi => ({
  service,
  namespace: `http://${service}.amazonaws.com/doc/${version}/`,
});

/**
 * The query protocol: SNS for every client, CloudWatch for older ones such as version 2.9 of the AWS CLI. Everything is
 * answered in XML, refusals of APIs that are not simulated too, and EC2 has a form of its own.
 * Sources: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html, .../aws-ec2-query-protocol.html; "Common errors" of
 * the API references: InvalidAction.
 */
export function queryCall(request: WireRequest, signedFor: string, id: string): ParsedCall | undefined {
  const { Action: operation, Version: version, ...input } = readForm(request.body);
  if (typeof operation !== 'string' || typeof version !== 'string') return undefined;
  const api = QUERY_APIS.get(version) ?? foreign(signedFor, version);
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': id };
  const metadata = `<RequestId>${id}</RequestId>`;
  const answered = (status: number, tag: string, content: string): WireResponse => ({
    status,
    headers,
    body: `<${tag} xmlns="${api.namespace}">${content}</${tag}>`,
  });
  return {
    service: api.service,
    operation,
    input,
    unknownOperation: 'InvalidAction',
    encode: (output) =>
      answered(
        200,
        `${operation}Response`,
        `<${operation}Result>${xml(output)}</${operation}Result><ResponseMetadata>${metadata}</ResponseMetadata>`,
      ),
    encodeError({ name, message, status }) {
      const what = { Code: name, Message: message };
      if (api.service === 'ec2') {
        const errors = `<Errors><Error>${xml(what)}</Error></Errors><RequestID>${id}</RequestID>`;
        return { status, headers, body: `<Response>${errors}</Response>` };
      }
      const error = xml({ Type: status >= 500 ? 'Receiver' : 'Sender', ...what });
      return answered(status, 'ErrorResponse', `<Error>${error}</Error>${metadata}`);
    },
  };
}
