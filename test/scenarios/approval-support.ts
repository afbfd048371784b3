import { approvalLink } from '../../sandbox/approver.ts';
import type { Mail } from '../../sandbox/aws/mailbox.ts';
import type { Fault } from '../../sandbox/aws/wire.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

export const down: Fault = {
  kind: 'error',
  name: 'ServiceUnavailableException',
  message: 'down',
  status: 503,
};

/** The mails with a link, and the notices, in the order in which they came. */
export const mails = ({ aws }: Sandbox) => aws.mailbox.filter(({ text }) => approvalLink(text) !== undefined);
export const notices = ({ aws }: Sandbox) => aws.mailbox.filter(({ channel }) => channel === 'sns');
export const calls = ({ aws }: Sandbox, operation: string) =>
  aws.calls.filter((call) => call.operation === operation);

export const handleOf = (mail: Mail | undefined): string =>
  approvalLink(mail?.text ?? '')
    ?.split('/')
    .at(-1) ?? '';

/** What an approver's link shows. */
export async function shown(sandbox: Sandbox, mail: Mail | undefined): Promise<unknown> {
  const event = {
    requestContext: { requestId: 'test', http: { method: 'GET', sourceIp: '192.0.2.1' } },
    pathParameters: { handle: handleOf(mail) },
  };
  return sandbox.functions.approval?.(event, { functionName: 'approval', awsRequestId: 'test' });
}
