import * as v from 'valibot';
import { inviteApprovers } from '../shared/approval/invite.ts';
import { approvalSubject, type Due, dueOf, reminderNotice } from '../shared/approval/reminder.ts';
import { type ApprovalRequest, decidersOf } from '../shared/approval/request.ts';
import { markApproval, readApproval } from '../shared/approval/store.ts';
import { mail, notices, states, store } from '../shared/aws/clients.ts';
import { http, links, random } from '../shared/aws/platform.ts';
import { secrets } from '../shared/aws/secrets.ts';
import { isRunning } from '../shared/aws/step-functions.ts';
import { toolsFor } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import { datetime } from '../shared/core/schema.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { sendOrKeep } from '../shared/notices/outbox.ts';
import { everyApprover, mailTrials } from '../shared/preflight/mails.ts';
import { channelTrials } from '../shared/preflight/notices.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { executionTrials } from '../shared/preflight/states.ts';
import { tried } from '../shared/preflight/trials.ts';

/** A request that is not stored after this long never will be. */
const patienceMilliseconds = 3_600_000;

type ReminderTools = StepContext<
  'mail' | 'store' | 'links' | 'random' | 'notices' | 'http' | 'secrets' | 'states'
>;

/**
 * Looks after an open approval request: mails a reminder at half time and escalates before it expires, once each; mails
 * that failed go out again. Says `deliver` when a decision is stored that Step Functions has not taken yet.
 */
export const remindApprovers = step({
  name: 'remind-approvers',
  input: v.object({ approvalId: v.string(), startedAt: datetime }),
  async run({ approvalId, startedAt }, tools: ReminderTools) {
    const found = await readApproval(approvalId, tools.store);
    const context = toolsFor(tools, found?.request.service);
    const nextCheckSeconds = context.config.approval.checkSeconds;
    // The request itself is stored a moment after this has started, or never.
    const late = context.now().getTime() > Date.parse(startedAt) + patienceMilliseconds;
    if (!found) return { due: late ? 'done' : 'nothing', nextCheckSeconds };
    const due = await stillDue(found.request, context);
    // Sent before it is marked: a crash between the two makes a second mail, never none.
    if (due === 'invite' || due === 'remind') await mailAgain(found.request, due, context);
    if (due === 'escalate') await escalate(found.request, context);
    return { due, nextCheckSeconds };
  },
  preflight: (ask, context: ReminderTools) =>
    tried(
      'remind-approvers',
      [
        ...recordTrials(context.store, ask, { writes: ['approval', 'approval-handle', 'outbox'] }),
        ...executionTrials(context.states, ask, ['scale-in', 'redis-emergency']),
        ...channelTrials('remind-approvers', ask, context),
        // Its right is its own; one mail proves it.
        ...mailTrials('remind-approvers', ask, context, everyApprover(context.config).slice(0, 1)),
      ],
      context,
    ),
});

export const handler = lambda(remindApprovers, {
  mail,
  store,
  links,
  random,
  notices,
  http,
  secrets,
  states,
});

/** Nobody is bothered about a run that has ended. */
async function stillDue(request: ApprovalRequest, { states, now, config }: ReminderTools): Promise<Due> {
  const due = dueOf(request, now(), config);
  const tellsPeople = due === 'invite' || due === 'remind' || due === 'escalate';
  return tellsPeople && !(await isRunning(states, request.execution)) ? 'done' : due;
}

async function mailAgain(request: ApprovalRequest, due: 'invite' | 'remind', context: ReminderTools) {
  const approvers = missingApprovers(request, context.config).filter(
    ({ name }) => due === 'remind' || request.unreached.includes(name),
  );
  const occasion = due === 'remind' ? 'reminder' : 'request';
  const { sent, unreached, failures } = await inviteApprovers(request, approvers, occasion, context);
  const reminded = request.reminded || (due === 'remind' && sent > 0);
  await markApproval(request.id, { reminded, unreached }, context.store);
  context.log.info('approvers mailed again', { approval: request.id, occasion, sent, failures });
}

/** Those who may decide and have not. */
function missingApprovers(request: ApprovalRequest, { approval }: Config) {
  const answered = new Set(request.decisions.map(({ by }) => by));
  return decidersOf(request, approval).approvers.filter(({ name }) => !answered.has(name));
}

async function escalate(request: ApprovalRequest, context: ReminderTools) {
  const notice = reminderNotice(request, context.now(), context.config);
  const delivery = await sendOrKeep('approval-due', notice, approvalSubject(request), context);
  await markApproval(request.id, { escalated: true }, context.store);
  context.log.warn('approval escalated', { approval: request.id, ...delivery });
}
