import { listAt, numberAt, sameValue, textAt, valueAt } from '../facts/values.ts';
import { type Checker, decreases, each, numberSeen, planOf, productWrites, told } from './checker.ts';

/** Invariant 12: whatever can reduce production capacity has a valid approval of that plan by real people. */
export const approvedReductions: Checker = {
  name: '12 reductions are approved',
  check(recording) {
    const { approval } = recording.config;
    if (!approval.requiredForScaleIn) return { live: 0, findings: [] };
    const lowering = new Set<unknown>(decreases(recording).map(({ to }) => to));
    const reducing = productWrites(recording).filter((write) => {
      const { from, to } = write;
      const lower = (name: 'min' | 'max') =>
        (numberAt(to, name) ?? Infinity) < (numberSeen(recording, write, name) ?? -Infinity);
      const resumes =
        valueAt(from, 'suspended', 'dynamicScalingIn') === true &&
        valueAt(to, 'suspended', 'dynamicScalingIn') === false;
      return lowering.has(to) || lower('max') || lower('min') || resumes;
    });
    return each(reducing, (write) => {
      const plan = planOf(write.invocation);
      const valid = write.approvals.some((asked) => {
        const yes = new Set(
          listAt(asked, 'decisions').flatMap((one) =>
            textAt(one, 'decision') === 'approved' &&
            (textAt(one, 'at') ?? '') < (textAt(asked, 'expiresAt') ?? '')
              ? (textAt(one, 'by') ?? [])
              : [],
          ),
        );
        const people = new Set(
          recording.answers
            .filter(
              ({ at, decision, approvalId }) =>
                at <= write.at && decision === 'approved' && approvalId === textAt(asked, 'id'),
            )
            .map(({ approver }) => approver),
        );
        return (
          textAt(asked, 'execution') === write.invocation.execution &&
          listAt(asked, 'decisions').every((one) => textAt(one, 'decision') === 'approved') &&
          yes.size >= approval.approvalsNeeded &&
          people.size >= approval.approvalsNeeded &&
          ['hash', 'desired', 'bounds', 'cpuPolicy'].every((part) =>
            sameValue(valueAt(asked, 'plan', part), valueAt(plan, part)),
          )
        );
      });
      return valid ? undefined : `no approval of ${textAt(plan, 'hash')?.slice(0, 8)}: ${told(write)}`;
    });
  },
};
