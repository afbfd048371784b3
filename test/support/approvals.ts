import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { approval } from '../../functions/doors/approval.ts';
import { storeLinks } from '../../shared/approval/links.ts';
import type { ApprovalRequest } from '../../shared/approval/request.ts';
import { antiForgery } from '../../shared/approval/secrets.ts';
import { storeApproval } from '../../shared/approval/store.ts';
import type { Config } from '../../shared/config/schema.ts';
import { parse } from '../../shared/core/schema.ts';
import { planScaleIn } from '../../shared/plan/scale-in.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';
import {
  arn,
  metrics,
  now,
  planBack,
  production,
  request,
  secondsLater,
  seenRaised,
  service,
  snapshot,
} from './builders.ts';

export const approvers = production.approval.approvers;
export const taskToken = 'AQDEAAAAKgAAAAMAAAAAAAAAAtaskTokenOfTheWaitingTask+/=';

/** An open request of an hour, for one approval. */
export const approvalRequest = (part: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  id: 'incident-1-2-1',
  execution: arn('scale-in', 'run-2'),
  environment: 'production',
  service: 'buywhere-api',
  incidentId: 'incident-1',
  requestedBy: 'CloudWatch alarm buywhere-api-HighLatencyP99',
  plan: planBack(),
  metrics: metrics(),
  createdAt: now,
  expiresAt: secondsLater(3600),
  needed: 1,
  decisions: [],
  delivered: false,
  late: false,
  reminded: false,
  escalated: false,
  unreached: [],
  ...part,
});

/** A request with the plan as it is made for a service that is calm again, and was deployed in between. */
export function calmRequest(part: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const before = snapshot({ taskDefinition: 'buywhere-api:41' });
  const plan = planScaleIn(
    request({ machine: 'scale-in' }),
    seenRaised(),
    before,
    service,
    production,
    undefined,
  );
  return approvalRequest({ plan, ...part });
}

/** The nth handle; as random as a link's, but repeatable. */
export const handleNumber = (n: number): string =>
  Buffer.from(Uint8Array.from({ length: 32 }, (_, i) => (n * 89 + i * 57 + 11) % 256)).toString('base64url');

export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** What a browser, or somebody who pretends to be one, sends. */
export interface Sent {
  method?: string;
  handle?: string;
  form?: Record<string, string> | string;
  headers?: Record<string, string>;
  address?: string;
  base64?: boolean;
}

export interface DeskOptions {
  request?: Partial<ApprovalRequest>;
  config?: Config;
  /** How many approvers get a link. */
  links?: number;
  store?: (now: () => Date) => RecordStore;
}

/** The approval function over a memory store and a mocked Step Functions, with one stored request. */
export async function approvalDesk(options: DeskOptions = {}) {
  let present = new Date(now);
  const clock = () => present;
  const store = options.store?.(clock) ?? memoryRecordStore({ now: clock });
  const client = new SFNClient({ region: 'ap-southeast-1' });
  const states = mockClient(client);
  states.onAnyCommand().resolves({});
  states.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
  const logs: unknown[] = [];
  const write = (message: string, fields?: Record<string, unknown>) => void logs.push({ message, ...fields });
  const context = {
    states: client,
    store,
    config: options.config ?? production,
    now: clock,
    after: () => ({ passed: Promise.resolve(), cancel: () => undefined }),
    log: { info: write, warn: write, error: write },
  };
  const request = approvalRequest(options.request);
  const handles = approvers.slice(0, options.links ?? 2).map((_, i) => handleNumber(i + 1));
  const links = handles.map((handle, i) => ({ handle, ...(approvers[i] ?? { name: '', email: '' }) }));
  await storeApproval(request, taskToken, store);
  await storeLinks(request, links, store);
  let requests = 0;

  async function send(sent: Sent = {}): Promise<HttpAnswer> {
    const { form, method = form === undefined ? 'GET' : 'POST', base64 = true } = sent;
    const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
    const event = {
      version: '2.0',
      requestContext: {
        requestId: `request-${++requests}`,
        http: { method, sourceIp: sent.address ?? '192.0.2.1' },
      },
      headers: {
        host: 'approve.example',
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...sent.headers,
      },
      pathParameters: { handle: sent.handle ?? handles[0] ?? '' },
      ...(form === undefined
        ? {}
        : { body: base64 ? Buffer.from(body).toString('base64') : body, isBase64Encoded: base64 }),
    };
    const answer = await approval.run(parse(approval.input, event), context);
    if (!('statusCode' in answer)) throw new Error('not an HTTP answer');
    return answer;
  }

  return {
    context,
    store,
    states,
    logs,
    request,
    handles,
    send,
    /** Posts the form of a link as its page would. */
    decide: (decision: 'approved' | 'rejected', reason = 'calm again', link = 0, address?: string) => {
      const handle = handles[link] ?? '';
      const form = { check: antiForgery(handle, request.id), decision, reason };
      return send({ handle, form, ...(address ? { address } : {}) });
    },
    later: (seconds: number) => {
      present = new Date(present.getTime() + seconds * 1000);
    },
    /** Names of the calls that answered the task token, in order. */
    answered: () =>
      states
        .calls()
        .map(({ args }) => args[0].constructor.name)
        .filter((name) => name.startsWith('SendTask')),
  };
}

export type ApprovalDesk = Awaited<ReturnType<typeof approvalDesk>>;
