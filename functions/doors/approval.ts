import * as v from 'valibot';
import { answerApproval } from '../../shared/approval/answer.ts';
import { redeliver, withdraw } from '../../shared/approval/deliver.ts';
import { actionOf, HttpRequest } from '../../shared/approval/http-request.ts';
import { type Page, pageHeaders } from '../../shared/approval/page.ts';
import { troublePage } from '../../shared/approval/pages.ts';
import { states, store } from '../../shared/aws/clients.ts';
import type { StepContext } from '../../shared/lambda/context.ts';
import { lambda, step } from '../../shared/lambda/step.ts';
import { recordTrials } from '../../shared/preflight/records.ts';
import { executionTrials, roundTrip, tokenTrials } from '../../shared/preflight/states.ts';
import { tried } from '../../shared/preflight/trials.ts';

/** What `approval-reminder` asks for: hand a decision over that was stored but not delivered. */
const Redelivery = v.object({ redeliver: v.string() });
/**
 * What `emergency-scaling` asks for: end the waiting of a scale-in that it has superseded; and `approval-reminder`, where
 * everything was given back by hand.
 */
const Withdrawal = v.object({
  withdraw: v.string(),
  because: v.optional(v.picklist(['superseded', 'restored']), 'superseded'),
});

type ApprovalTools = StepContext<'states' | 'store'>;

/** The approval link: GET and HEAD only show, only POST decides. The one function that may answer a task token. */
export const approval = step({
  name: 'approval',
  input: v.union([HttpRequest, Redelivery, Withdrawal]),
  async run(event, context: ApprovalTools) {
    if ('redeliver' in event) return redeliver(event.redeliver, context);
    if ('withdraw' in event) return withdraw(event.withdraw, event.because, context);
    const answer = await answerTo(event, context);
    const { method } = event.requestContext.http;
    return { statusCode: answer.status, headers: pageHeaders, body: method === 'HEAD' ? '' : answer.body };
  },
  preflight: (ask, context: ApprovalTools) =>
    tried(
      'approval',
      [
        ...(ask.taskToken === undefined
          ? [
              ...recordTrials(context.store, ask, {
                writes: ['approval', 'approval-handle', 'approval-token', 'approval-rate'],
              }),
              ...executionTrials(context.states, ask, ['scale-in', 'redis-emergency']),
              ...tokenTrials(context.states),
            ]
          : [roundTrip(context.states, ask.taskToken)]),
      ],
      context,
    ),
});

export const handler = lambda(approval, { states, store });

async function answerTo(event: v.InferOutput<typeof HttpRequest>, context: ApprovalTools): Promise<Page> {
  const { requestId, http } = event.requestContext;
  const handle = event.pathParameters?.handle ?? '';
  try {
    return await answerApproval(
      { handle, wish: actionOf(event), address: http.sourceIp, requestId },
      context,
    );
  } catch (error) {
    // A failed function would be answered without the page's headers.
    context.log.error('approval page failed', { error: error instanceof Error ? error.name : 'Unknown' });
    return troublePage();
  }
}
