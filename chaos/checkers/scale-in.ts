import type { MetricName } from '../../shared/config/metric-catalogue.ts';
import { numberAt, textAt } from '../facts/values.ts';
import type { Invocation } from '../record/recording.ts';
import { type Checker, clock, decreases, each, machineOf, numberSeen, together, told } from './checker.ts';

/** Invariant 2: a step removes at most max(1, 25 %), one cooldown after the last, with a check in between. */
export const smallSteps: Checker = {
  name: '2 small steps',
  check(recording) {
    const cooldown = recording.config.timing.calm.forSeconds * 1000;
    // A count that a person names for a rollback is that person's own decision, not a step of a scale-in.
    const steps = decreases(recording).filter(
      ({ invocation }) => machineOf(recording, invocation) !== 'rollback',
    );
    const lags = recording.incident.faults.some(({ kind }) => kind === 'lag');
    const size = each(steps, (write, index) => {
      const seen = numberSeen(recording, write, 'desired') ?? 0;
      // Where ECS shows writes late, a run goes on from the step that it knows of.
      const own = lags ? numberAt(steps[index - 1]?.to, 'desired') : undefined;
      const [before, desired] = [Math.min(seen, own ?? seen), numberAt(write.to, 'desired') ?? 0];
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

/** A check or a plan on which a scale-in depends. */
const isLookForScaleIn = ({ function: name, event }: Invocation): boolean =>
  name === 'wait-verify'
    ? ['calm', 'step'].includes(textAt(event, 'goal') ?? '')
    : name === 'plan' && textAt(event, 'direction') === 'in';

/** Long enough that every point from before a fault is too old to count. */
const unknownAfter = 430_000;
/** Metrics that the decision needs, by their names in CloudWatch. */
const needed: Readonly<Record<string, MetricName>> = {
  CPUUtilization: 'cpuPercent',
  TargetResponseTime: 'latencyP99Seconds',
  RequestCount: 'requestRatePerMinute',
};

/** CloudWatch's names of what only requests make. */
const ofRequests: ReadonlySet<string> = new Set([
  'TargetResponseTime',
  'HTTPCode_Target_5XX_Count',
  'RequestCount',
]);

/** Invariants 3 and 4: what is missing or NaN is unknown, and an unknown metric blocks scale-in. */
export const unknownBlocksScaleIn: Checker = {
  name: '4 unknown blocks scale-in',
  check(recording) {
    const { troubles } = recording.incident;
    // To a look whose clock is behind, an old point is younger.
    const behind = recording.incident.faults.flatMap((fault) =>
      fault.kind === 'clock' && ['assess', 'wait-verify'].includes(fault.function)
        ? [-1000 * fault.offsetSeconds]
        : [],
    );
    const patience = unknownAfter + Math.max(0, ...behind);
    // Where Prometheus is asked too, its answer may be the known one.
    const onlyInCloudWatch = (metric: string) => {
      const name = needed[metric];
      return name !== undefined && recording.service.metrics[name].join() === 'cloudwatch';
    };
    const faults = troubles.filter((trouble) => trouble.kind === 'metric-fault');
    const began = (fault: (typeof faults)[number], at: number) =>
      recording.startedAt + fault.from * 1000 < at && recording.startedAt + fault.until * 1000 > at;
    // A metric that is frozen as well shows its last value, and not that it is missing.
    const frozen = (metric: string, at: number) =>
      faults.some((other) => other.fault === 'frozen' && other.metric === metric && began(other, at));
    // Rows that requests make have no points where nobody asks: calm comes later then, and is no blindness.
    const nobodyAsks = (at: number) =>
      troubles.some(
        (trouble) =>
          trouble.kind === 'traffic' &&
          trouble.factor === 0 &&
          recording.startedAt + trouble.from * 1000 < at &&
          recording.startedAt + trouble.until * 1000 + unknownAfter > at,
      );
    // Where the requests are not counted and their times are missing too, it looks as if nobody asked: nobody can tell.
    const looksSilent = (at: number) =>
      faults.some(
        (one) => one.metric === 'RequestCount' && ['missing', 'zero'].includes(one.fault) && began(one, at),
      ) && faults.some((other) => other.metric === 'TargetResponseTime' && began(other, at));
    const blind = (at: number) =>
      faults.some(
        (fault) =>
          fault.fault !== 'frozen' &&
          onlyInCloudWatch(fault.metric) &&
          began(fault, at) &&
          recording.startedAt + fault.from * 1000 < at - patience &&
          !frozen(fault.metric, at) &&
          !(ofRequests.has(fault.metric) && (nobodyAsks(at) || looksSilent(at))),
      );
    const looks = recording.invocations.filter((one) => blind(one.startedAt) && isLookForScaleIn(one));
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
/** A check without waiting for anything. */
const quickly = 5000;

/** Scenario 10: no scale-in while a deployment runs. Every look that a scale-in depends on has to see it. */
export const notWhileDeploying: Checker = {
  name: '4 no scale-in while deploying',
  check(recording) {
    const { faults } = recording.incident;
    // Who is shown an old answer, or gets none but old ones, cannot know.
    const stale = faults.some(
      (fault) => fault.kind === 'lag' || (fault.kind === 'stale' && fault.call === 'ecs:DescribeServices'),
    );
    const runsLong = (since: number | undefined, at: number, least: number) =>
      since !== undefined && at - since > least;
    // A plan rests on an assessment from a moment ago; a check that takes long may see the deployment's end.
    const looks = recording.invocations.filter((one) => {
      const quick = (one.endedAt ?? Infinity) - one.startedAt < quickly;
      const least = one.function === 'plan' ? seenAfter : quickly;
      return quick && isLookForScaleIn(one) && runsLong(one.deployingSince, one.startedAt, least);
    });
    return together(
      each(stale ? [] : looks, ({ result, startedAt, function: name, deployingSince }) =>
        textAt(result, 'state') === 'reached' || textAt(result, 'action') === 'scale-in'
          ? `${clock(startedAt)} ${name} goes on with a deployment running since ${clock(deployingSince ?? 0)}`
          : undefined,
      ),
      each(
        decreases(recording).filter(({ deployingSince }) => deployingSince !== undefined),
        (write) =>
          runsLong(write.deployingSince, write.issuedAt, seenAfter)
            ? `a deployment is running since ${clock(write.deployingSince ?? 0)}: ${told(write)}`
            : undefined,
      ),
    );
  },
};
