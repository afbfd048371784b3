import { simulatedApprover } from '../../sandbox/approver.ts';
import type { Strategy } from './strategy.ts';

/** How often the approver looks into the mailbox. */
const lookMilliseconds = 5000;

/**
 * The project as it deploys: its alarms start its state machines, beside the baseline target tracking policy; the
 * simulated approver says yes two minutes after the mail.
 */
export const ours: Strategy = {
  name: 'ours',
  title: 'ours, with target tracking',
  startsRuns: true,
  async prepare({ sandbox }) {
    const approver = simulatedApprover(sandbox, 'yes');
    setInterval(() => void approver(), lookMilliseconds);
  },
};
