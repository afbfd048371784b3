import * as v from 'valibot';
import { type ApproverAnswer, approvalLink } from '../../sandbox/approver.ts';
import type { Mail } from '../../sandbox/aws/mailbox.ts';
import { isCallback, parseResource } from '../../sandbox/engine/basics/arn.ts';
import type { Execution } from '../../sandbox/engine/history/execution.ts';
import type { HistoryEvent } from '../../sandbox/engine/history/history.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { decidersOf } from '../../shared/approval/request.ts';
import type { Config } from '../../shared/config/schema.ts';
import { parse } from '../../shared/core/schema.ts';
import { duration, moment } from '../../shared/format/text.ts';
import type { Line } from './lines.ts';

/** A run that waits for a person's decision. */
export interface OpenApproval {
  execution: Execution;
  /** Virtual milliseconds since the epoch. */
  askedAt: number;
  /** How many different people have to approve. */
  needed: number;
}

/** The approval request that is open now, if any. */
export function openApproval({
  engine,
  config,
}: Pick<Sandbox, 'engine' | 'config'>): OpenApproval | undefined {
  for (const execution of engine.executions) {
    if (execution.status !== 'RUNNING') continue;
    const entered = execution.history.findLast((event) => event.stateEnteredEventDetails);
    const state = engine.definitions.machines.get(execution.machine)?.definition.States[
      entered?.stateEnteredEventDetails?.name ?? ''
    ];
    if (entered && state?.Type === 'Task' && isCallback(parseResource(state.Resource)))
      return { execution, askedAt: entered.timestamp, needed: neededFor(entered, config) };
  }
  return undefined;
}

const Entered = v.object({ request: v.object({ claimed: v.optional(v.boolean()) }) });

function neededFor({ stateEnteredEventDetails }: HistoryEvent, { approval }: Config): number {
  const { request } = parse(Entered, JSON.parse(stateEnteredEventDetails?.input ?? '{}'));
  return decidersOf(request, approval).needed;
}

/** The links of approval mails, each with the approver that it is for. */
export function approvalLinks(
  mails: readonly Mail[],
  { config }: Pick<Sandbox, 'config'>,
): { name: string; url: string }[] {
  return mails.flatMap((mail) => {
    const url = approvalLink(mail.text);
    const approver = config.approval.approvers.find(({ email }) => mail.to.includes(email));
    return url ? [{ name: approver?.name ?? mail.to.join(', '), url }] : [];
  });
}

const answers: Record<ApproverAnswer, string> = {
  yes: 'the simulated approvers approve',
  no: 'the simulated approvers reject',
  never: 'nobody answers',
  ask: '',
};

/** Tells that approval is asked for: who got a link, how many have to approve, until when. */
export function approvalLines(
  mails: readonly Mail[],
  sandbox: Pick<Sandbox, 'config' | 'engine'>,
  answer: ApproverAnswer,
): Line[] {
  const [first] = mails.filter((mail) => approvalLink(mail.text));
  if (!first) return [];
  const links = approvalLinks(mails, sandbox);
  const line = { at: first.at, kind: 'approval' as const };
  const names = links.map(({ name }) => name).join(', ');
  if (/^reminder/i.test(first.subject)) return [{ ...line, text: `reminded by mail: ${names}`, details: [] }];
  const { approvalsNeeded, expiresAfterSeconds } = sandbox.config.approval;
  const needed = openApproval(sandbox)?.needed ?? approvalsNeeded;
  const until = `${moment(new Date(first.at + expiresAfterSeconds * 1000))}, in ${duration(expiresAfterSeconds)}`;
  const people = needed === 1 ? 'one of them has to approve' : `${needed} of them have to approve`;
  const expiry = `without a decision the request expires ${until}`;
  if (answer !== 'ask') {
    return [
      {
        ...line,
        text: `asked by mail: ${names}; ${people}`,
        details: [[answers[answer], expiry].join('; ')],
      },
    ];
  }
  const text =
    needed === 1
      ? 'YOU DECIDE: open one of these pages'
      : `YOU DECIDE, in the place of ${needed} people: open ${needed} of these pages`;
  return [
    { ...line, text, details: [expiry, 'meanwhile virtual time runs no faster than real time'], links },
  ];
}
