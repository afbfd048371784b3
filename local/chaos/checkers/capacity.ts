import { listAt, numberAt, sameValue, textAt, valueAt } from '../values.ts';
import {
  type Checker,
  clock,
  decreases,
  documentOf,
  each,
  machineOf,
  planOf,
  productWrites,
  together,
  told,
} from './checker.ts';

/** Invariant 1: desired count and bounds stay between the floor and the configured ceiling. */
export const floorAndCeiling: Checker = {
  name: '1 floor and ceiling',
  check(recording) {
    const { capacity } = recording.service;
    const ceiling = Math.min(capacity.emergency.max, capacity.taskQuota);
    return each(productWrites(recording), (write) => {
      const { from, to } = write;
      const [before, desired] = [numberAt(from, 'desired'), numberAt(to, 'desired')];
      const floor = Math.max(capacity.baseline.min, numberAt(write.snapshot, 'bounds', 'min') ?? 0);
      if (desired !== undefined && before !== undefined) {
        if (desired < before && desired < floor) return `below the floor of ${floor}: ${told(write)}`;
        if (desired > before && desired > ceiling) return `above the ceiling of ${ceiling}: ${told(write)}`;
      }
      const highest = Math.max(
        ceiling,
        numberAt(from, 'max') ?? 0,
        numberAt(write.snapshot, 'bounds', 'max') ?? 0,
      );
      if ((numberAt(to, 'max') ?? 0) > highest) return `max above ${highest}: ${told(write)}`;
      if ((numberAt(to, 'min') ?? 0) > ceiling) return `min above the ceiling of ${ceiling}: ${told(write)}`;
      return undefined;
    });
  },
};

/** Invariant 2: a step removes at most max(1, 25 %), one cooldown after the last, with a check in between. */
export const smallSteps: Checker = {
  name: '2 small steps',
  check(recording) {
    const cooldown = recording.config.timing.calm.forSeconds * 1000;
    // A count that a person names for a rollback is that person's own decision, not a step of a scale-in.
    const steps = decreases(recording).filter(
      ({ invocation }) => machineOf(recording, invocation) !== 'rollback',
    );
    const size = each(steps, (write) => {
      const [before, desired] = [numberAt(write.from, 'desired') ?? 0, numberAt(write.to, 'desired') ?? 0];
      return before - desired > Math.max(1, before * 0.25) ? `too large a step: ${told(write)}` : undefined;
    });
    const distance = each(steps.slice(1), (write) => {
      const last = steps[steps.indexOf(write) - 1];
      if (!last) return undefined;
      if (write.at - last.at < cooldown)
        return `only ${(write.at - last.at) / 1000} s after the last step: ${told(write)}`;
      if (write.invocation.execution !== last.invocation.execution) return undefined;
      const checked = recording.invocations.some(
        (one) =>
          one.function === 'wait-verify' &&
          one.execution === write.invocation.execution &&
          one.startedAt >= last.at &&
          (one.endedAt ?? Infinity) <= write.at &&
          textAt(one.result, 'state') === 'reached',
      );
      return checked ? undefined : `no check since the last step: ${told(write)}`;
    });
    return together(size, distance);
  },
};

/** Long enough that every point from before a fault is too old to count. */
const unknownAfter = 430_000;
const onlyInCloudWatch: ReadonlySet<string> = new Set([
  'CPUUtilization',
  'TargetResponseTime',
  'RequestCount',
]);

/** Invariants 3 and 4: what is missing or NaN is unknown, and an unknown metric blocks scale-in. */
export const unknownBlocksScaleIn: Checker = {
  name: '4 unknown blocks scale-in',
  check(recording) {
    const { troubles } = recording.incident;
    const blind = (at: number) =>
      troubles.some(
        (trouble) =>
          trouble.kind === 'metric-fault' &&
          trouble.fault !== 'frozen' &&
          onlyInCloudWatch.has(trouble.metric) &&
          recording.startedAt + trouble.from * 1000 < at - unknownAfter &&
          recording.startedAt + trouble.until * 1000 > at,
      );
    const looks = recording.invocations.filter(
      ({ function: name, startedAt, event }) =>
        blind(startedAt) &&
        (name === 'wait-verify'
          ? ['calm', 'step'].includes(textAt(event, 'goal') ?? '')
          : name === 'plan' && textAt(event, 'direction') === 'in'),
    );
    return together(
      each(looks, ({ result, startedAt, function: name }) =>
        textAt(result, 'state') === 'reached' || textAt(result, 'action') === 'scale-in'
          ? `${clock(startedAt)} ${name} takes an unknown metric for ok`
          : undefined,
      ),
      each(decreases(recording), (write) =>
        blind(write.issuedAt) ? `a needed metric is unknown: ${told(write)}` : undefined,
      ),
    );
  },
};

/** A check must have seen a deployment that runs this long, virtual milliseconds. */
const seenAfter = 90_000;

/** Scenario 10: no scale-in while a deployment runs. */
export const notWhileDeploying: Checker = {
  name: '4 no scale-in while deploying',
  check: (recording) =>
    each(
      decreases(recording).filter(({ deployingSince }) => deployingSince !== undefined),
      (write) =>
        write.issuedAt - (write.deployingSince ?? write.at) > seenAfter
          ? `a deployment is running since ${clock(write.deployingSince ?? 0)}: ${told(write)}`
          : undefined,
    ),
};

/** Invariant 7: what is written is the plan's absolute number, and a step that is repeated changes nothing more. */
export const absoluteWrites: Checker = {
  name: '7 absolute writes',
  check(recording) {
    const writes = productWrites(recording).filter(({ who }) => who !== 'application-autoscaling');
    const byEntry = Map.groupBy(
      writes,
      ({ invocation, call }) => `${invocation.execution} ${invocation.stateEntry} ${call}`,
    );
    const repeated = [...byEntry.values()].filter((group) => group.length > 1);
    return together(
      each(
        writes.filter(({ invocation, to }) => invocation.function === 'scale-out' && 'desired' in to),
        (write) =>
          numberAt(write.to, 'desired') === numberAt(planOf(write.invocation), 'desired', 'to')
            ? undefined
            : `not the plan's number: ${told(write)}`,
      ),
      each(repeated, (group) => {
        const people = recording.people.some(
          ({ at }) => at >= (group[0]?.at ?? 0) && at <= (group.at(-1)?.at ?? 0),
        );
        const [first] = group;
        const other = group.find((write) => first && !sameValue(write.to, first.to));
        return other && first && !people
          ? `the repeated step did something more: ${told(first)}; then ${told(other)}`
          : undefined;
      }),
    );
  },
};

/** Order of writes: max before the count, and scaling in suspended before the count is raised. */
export const ceilingFirst: Checker = {
  name: 'order: bounds before count',
  check(recording) {
    const raises = productWrites(recording).filter(
      ({ invocation, to, after, at }) =>
        invocation.function === 'scale-out' &&
        'desired' in to &&
        after.max !== undefined &&
        !recording.people.some((act) => act.at <= at && ('max' in act.changed || 'suspended' in act.changed)),
    );
    return each(raises, (write) => {
      const desired = numberAt(write.to, 'desired') ?? 0;
      if (desired > (write.after.max ?? Infinity)) return `max is ${write.after.max}: ${told(write)}`;
      return write.after.suspended?.dynamicScalingIn
        ? undefined
        : `autoscaling may scale in meanwhile: ${told(write)}`;
    });
  },
};

/** Invariant 11: a rollback never lowers capacity while an alarm fires. */
export const rollbackKeepsCapacity: Checker = {
  name: '11 rollback keeps capacity',
  check: (recording) =>
    each(
      productWrites(recording).filter(({ invocation }) => machineOf(recording, invocation) === 'rollback'),
      (write) => {
        const [before, desired] = [numberAt(write.from, 'desired'), numberAt(write.to, 'desired')];
        // The low alarms of target tracking say that there is too much capacity.
        const firing = write.firing.filter((name) => !name.includes('AlarmLow'));
        return before !== undefined && desired !== undefined && desired < before && firing.length > 0
          ? `${firing.join()} fires: ${told(write)}`
          : undefined;
      },
    ),
};

/** Scenario: of two rollbacks in a row the second must not bring the bad definition back. */
export const rollbackStaysBack: Checker = {
  name: '11 rollback stays back',
  check(recording) {
    const rollbacks = productWrites(recording).filter(({ to }) => 'taskDefinition' in to);
    return each(rollbacks, (write) => {
      const earlier = rollbacks.find(
        ({ at, from }) => at < write.at && sameValue(from.taskDefinition, write.to.taskDefinition),
      );
      const further = rollbacks.find(
        ({ at, to, from }) =>
          at < write.at &&
          sameValue(to.taskDefinition, write.from.taskDefinition) &&
          !sameValue(from.taskDefinition, write.to.taskDefinition),
      );
      const asked = textAt(documentOf(write.invocation), 'request', 'rollbackTo') !== 'automatic';
      const byPerson = recording.people.some(({ changed }) => 'taskDefinition' in changed);
      const wrong = earlier ?? further;
      return wrong && !asked && !byPerson ? `${told(wrong)}; then ${told(write)}` : undefined;
    });
  },
};

/** Invariant 12: whatever can reduce production capacity has a valid approval of that plan by real people. */
export const approvedReductions: Checker = {
  name: '12 reductions are approved',
  check(recording) {
    const { approval } = recording.config;
    if (!approval.requiredForScaleIn) return { live: 0, findings: [] };
    const reducing = productWrites(recording).filter(({ from, to }) => {
      const lower = (name: string) => (numberAt(to, name) ?? Infinity) < (numberAt(from, name) ?? -Infinity);
      const resumes =
        valueAt(from, 'suspended', 'dynamicScalingIn') === true &&
        valueAt(to, 'suspended', 'dynamicScalingIn') === false;
      return lower('desired') || lower('max') || lower('min') || resumes;
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

/** Invariant 13: after somebody stopped a run, that run writes nothing more, and autoscaling lowers nothing. */
export const stoppedKeepsCapacity: Checker = {
  name: '13 a dead run keeps capacity',
  check(recording) {
    const { stopped } = recording;
    const raised = recording.writes.find(({ invocation, to }) => invocation && 'suspended' in to);
    const free = recording.people.some(({ changed }) => 'suspended' in changed || 'max' in changed);
    return together(
      each(
        productWrites(recording).filter(({ invocation }) => stopped.has(invocation.execution ?? '')),
        (write) =>
          write.invocation.startedAt > (stopped.get(write.invocation.execution ?? '') ?? Infinity)
            ? `its execution was stopped before: ${told(write)}`
            : undefined,
      ),
      each(raised && !free ? recording.writes.filter(({ at }) => at > raised.at) : [], (write) => {
        const lower = (numberAt(write.to, 'desired') ?? Infinity) < (numberAt(write.from, 'desired') ?? 0);
        const restored = recording.ends.some(
          (end) => end.at <= write.at && valueAt(end.execution.output, 'outcome', 'outcome') === 'restored',
        );
        const resuming = write.after.suspended?.dynamicScalingIn === false;
        return lower && write.who === 'application-autoscaling' && !write.invocation && !restored && !resuming
          ? `autoscaling undoes the scale-out: ${told(write)}`
          : undefined;
      }),
    );
  },
};
