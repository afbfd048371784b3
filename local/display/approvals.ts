import { duration, moment } from '../../shared/format.ts';
import { type ApproverMood, approvalLink } from '../approver.ts';
import type { Mail } from '../aws/mailbox.ts';
import { isCallback, parseResource } from '../engine/arn.ts';
import type { Execution } from '../engine/execution.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Line } from './lines.ts';

/** A run that waits for a person's decision. */
export interface OpenApproval {
  execution: Execution;
  /** Virtual milliseconds since the epoch. */
  askedAt: number;
}

/** The approval request that is open now, if any. */
export function openApproval({ engine }: Pick<Sandbox, 'engine'>): OpenApproval | undefined {
  for (const execution of engine.executions) {
    if (execution.status !== 'RUNNING') continue;
    const entered = execution.history.findLast((event) => event.stateEnteredEventDetails);
    const state = engine.definitions.machines.get(execution.machine)?.definition.States[
      entered?.stateEnteredEventDetails?.name ?? ''
    ];
    if (entered && state?.Type === 'Task' && isCallback(parseResource(state.Resource)))
      return { execution, askedAt: entered.timestamp };
  }
  return undefined;
}

/** Tells that approval is asked for: who got a link, until when, and what happens meanwhile. */
export function approvalLines(
  mails: readonly Mail[],
  { config }: Pick<Sandbox, 'config'>,
  mood: ApproverMood,
): Line[] {
  const asking = mails.filter((mail) => approvalLink(mail.text));
  const [first] = asking;
  if (!first) return [];
  const { approvers, expiresAfterSeconds } = config.approval;
  const names = asking.map(
    (mail) => approvers.find(({ email }) => mail.to.includes(email))?.name ?? mail.to.join(', '),
  );
  const until = `${moment(new Date(first.at + expiresAfterSeconds * 1000))}, in ${duration(expiresAfterSeconds)}`;
  const link = approvalLink(first.text);
  const line = { at: first.at, kind: 'approval' as const };
  if (mood === 'ask' && link) {
    const others = names.length > 1 ? [`${names.slice(1).join(', ')} got a link too: see the mailbox`] : [];
    const pace = `while it waits, virtual time runs no faster than real time; the request expires ${until}`;
    return [
      {
        ...line,
        text: `YOU DECIDE, as ${names[0]}: open this page and approve or reject`,
        details: [pace, ...others],
        link,
      },
    ];
  }
  const answers = { yes: 'approves', no: 'rejects', never: 'does not answer', ask: 'is asked' }[mood];
  const details = [`the simulated approver ${answers}; without a decision the request expires ${until}`];
  return [{ ...line, text: `asked by mail: ${names.join(', ')}`, details }];
}
