import fc from 'fast-check';
import type { Trouble } from '../../sandbox/world/model/trouble.ts';
import type { MetricName } from '../../sandbox/world/model/types.ts';
import { oneOf, whole } from './moments.ts';
import { badRevision, brokenRevision, dyingRevision, goodRevision, worseRevision } from './revisions.ts';

const during = fc.record({ from: whole(0, 600), until: whole(700, 1800) });
const at = (first: number, last: number) => whole(first, last).map((from) => ({ from, until: from + 1 }));
const metric = oneOf<MetricName>([
  'CPUUtilization',
  'TargetResponseTime',
  'RequestCount',
  'DBPoolUsage',
  'PgBouncerPoolUsage',
  'HTTPCode_Target_5XX_Count',
]);

/** A metrics source that fails: CloudWatch for one metric, for all of them later than usual, or Prometheus. */
const metricsTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc
    .tuple(during, metric, oneOf(['missing', 'nan', 'frozen'] as const), oneOf([0, 3000]))
    .map(([{ from, until }, name, how, longer]) => ({
      kind: 'metric-fault' as const,
      metric: name,
      fault: how,
      from,
      until: until + longer,
    })),
  // A monitoring system that has lost its service shows zeros.
  fc
    .tuple(
      during,
      oneOf<MetricName>(['CPUUtilization', 'TargetResponseTime', 'RequestCount']),
      oneOf([0, 3000]),
    )
    .map(([{ from, until }, name, longer]) => ({
      kind: 'metric-fault' as const,
      metric: name,
      fault: 'zero' as const,
      from,
      until: until + longer,
    })),
  fc
    .tuple(during, oneOf(['lying', 'frozen', 'nan', 'missing', 'delayed', 'down', 'last-bucket'] as const))
    .map(([time, how]) => ({ kind: 'monitoring-fault' as const, fault: how, ...time })),
  during.map((time) => ({ kind: 'metric-delay' as const, seconds: 180, ...time })),
);

/** Tasks that do not start, or do not stay. */
const startTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc
    .tuple(during, oneOf(['CannotPullContainerError', 'ResourceInitializationError'] as const))
    .map(([time, error]) => ({ kind: 'start-failure' as const, error, ...time })),
  during.map((time) => ({ kind: 'no-capacity' as const, spareTasks: 1, ...time })),
  during.map((time) => ({ kind: 'crash-loop' as const, exitsAfterSeconds: 5, ...time })),
);

const serviceTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  // Also while the service is on its way back.
  at(0, 1800).map((time) => ({ kind: 'deployment' as const, revision: badRevision, ...time })),
  fc
    .tuple(at(0, 1800), oneOf([brokenRevision, dyingRevision]))
    .map(([time, revision]) => ({ kind: 'deployment' as const, revision, ...time })),
  during.map((time) => ({ kind: 'connections-held' as const, connections: 69, ...time })),
  during.map((time) => ({ kind: 'slow-queries' as const, factor: 4, ...time })),
  during.map((time) => ({ kind: 'redis-down' as const, ...time })),
  during.map(({ from }) => ({ kind: 'database-down' as const, from, until: from + 300 })),
  during.map(({ from }) => ({ kind: 'api-down' as const, from, until: from + 300 })),
  fc
    .tuple(during, oneOf(['api', 'mcp'] as const))
    .map(([time, endpoint]) => ({ kind: 'endpoint-down' as const, endpoint, ...time })),
  during.map((time) => ({
    kind: 'neighbour' as const,
    requestsPerMinute: 900,
    targetErrorsPerMinute: 200,
    errorsPerMinute: 100_000,
    ...time,
  })),
  fc
    .tuple(at(900, 1800), oneOf([0, 0.03]))
    .map(([{ from }, factor]) => ({ kind: 'traffic' as const, factor, from, until: from + 2400 })),
);

/** What happens to services in the field, and is nobody's fault: none of it keeps a run from scaling out. */
const innocentTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  at(0, 1800).map((time) => ({ kind: 'restart' as const, ...time })),
  at(0, 1800).map((time) => ({ kind: 'deployment' as const, revision: goodRevision, ...time })),
  fc
    .tuple(at(0, 900), whole(1, 2))
    .map(([time, tasks]) => ({ kind: 'spot-reclaim' as const, tasks, ...time })),
  fc
    .tuple(at(0, 900), whole(1, 2))
    .map(([time, tasks]) => ({ kind: 'out-of-memory' as const, tasks, ...time })),
  during.map((time) => ({ kind: 'load-balancer-kills' as const, failsAfterSeconds: 60, ...time })),
);

/** What goes wrong with the service and its metrics. */
export const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 3, arbitrary: metricsTrouble },
  { weight: 3, arbitrary: startTrouble },
  { weight: 4, arbitrary: serviceTrouble },
  { weight: 3, arbitrary: innocentTrouble },
);

/** A good release that awaits an action before its first task; where nobody acts, its hook does in time. */
export const pausedRelease: fc.Arbitrary<Trouble[]> = fc
  .tuple(whole(0, 1800), oneOf([5, 30]), oneOf(['CONTINUE', 'ROLLBACK'] as const))
  .map(([from, timeoutMinutes, timeoutAction]) => [
    { kind: 'deployment-pause', timeoutMinutes, timeoutAction, from, until: from + 2 },
    { kind: 'deployment', revision: goodRevision, from: from + 1, until: from + 2 },
  ]);

/** A bad release, and what somebody hopes will mend it: another one that is as bad, or whose tasks do not stay. */
export const followedRelease: fc.Arbitrary<Trouble[]> = fc
  .tuple(whole(0, 900), whole(60, 900), oneOf([worseRevision, brokenRevision, dyingRevision, goodRevision]))
  .map(([from, later, revision]) => [
    { kind: 'deployment', revision: badRevision, from, until: from + 1 },
    { kind: 'deployment', revision, from: from + later, until: from + later + 1 },
  ]);
