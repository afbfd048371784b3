import type { Trouble } from '../../sandbox/world/model/trouble.ts';
import { metricNames } from '../../shared/config/metric-catalogue.ts';
import { codesAt, listAt, numberAt, textAt, valueAt } from '../facts/values.ts';
import { type Checker, clock, each, productWrites, told } from './checker.ts';

/** Scenario 50: nothing is written for a service that shows target groups, and not the one that is configured. */
export const itsOwnTargetGroup: Checker = {
  name: '50 its own target group',
  check(recording) {
    const { incident, service } = recording;
    const groups = JSON.stringify(incident.shown?.serviceMembers?.loadBalancers ?? '');
    const { targetGroup } = service;
    if (targetGroup === undefined || !groups.includes(':targetgroup/') || groups.includes(`:${targetGroup}"`))
      return { live: 0, findings: [] };
    const findings = productWrites(recording).map((write) => `without its target group: ${told(write)}`);
    return { live: 1, findings };
  },
};

/** Invariant 4: only what can be known is waited for; a row that the service does not have is never called unknown. */
export const leftOutIsNotUnknown: Checker = {
  name: '4 a row that is left out is not unknown',
  check({ invocations, service: { metrics } }) {
    const leftOut: readonly string[] = metricNames.filter((name) => metrics[name].length === 0);
    const said =
      leftOut.length === 0 ? [] : invocations.filter(({ result }) => listAt(result, 'reasons').length > 0);
    return each(said, ({ result, startedAt, function: name }) => {
      const reason = listAt(result, 'reasons').find(
        (one) =>
          (leftOut.includes(textAt(one, 'metric') ?? '') && textAt(one, 'code') !== 'alert-row-left-out') ||
          (textAt(one, 'code') === 'rate-unknown' && leftOut.includes('requestRatePerMinute')),
      );
      return reason === undefined
        ? undefined
        : `${clock(startedAt)} ${name} says "${textAt(reason, 'text')}" of a row that is left out`;
    });
  },
};

/** Scenario 51: a health endpoint that nothing was heard of is not critical while the load balancer serves users well. */
export const silentConvictsNobody: Checker = {
  name: '51 unreachable is unknown',
  check: ({ invocations }) =>
    each(
      invocations.filter(
        ({ function: name, result }) =>
          name === 'assess' &&
          (['api', 'mcp'] as const).some((one) => valueAt(result, 'health', one, 'unknown') !== undefined),
      ),
      ({ result, startedAt }) => {
        if (textAt(result, 'metrics', 'errorRatePercent', 'level') === 'critical') return undefined;
        const convicted = (['api', 'mcp'] as const).find(
          (one) =>
            valueAt(result, 'health', one, 'unknown') !== undefined &&
            !/^(unknown|none)$/.test(textAt(result, 'health', one, 'level') ?? ''),
        );
        return convicted === undefined
          ? undefined
          : `${clock(startedAt)} ${convicted} does not answer and counts as down`;
      },
    ),
};

/** How far above what it was before the incident a metric may be and still be as before. */
const about = 1.1;

/** Scenario 49: a way back is planned only where what is above its warning limit was so before, or is held there. */
export const calmIsAsBefore: Checker = {
  name: '49 calm is as before',
  check({ invocations, config, service }) {
    const plans = invocations.filter(
      ({ function: name, event, result }) =>
        name === 'plan' && textAt(event, 'direction') === 'in' && textAt(result, 'action') === 'scale-in',
    );
    const before = invocations.filter(({ function: name }) => name === 'take-snapshot');
    const usual = (metric: string) =>
      Math.max(
        0,
        ...before.map(({ event }) => numberAt(event, 'document', 'assessment', 'usual', metric) ?? 0),
      );
    return each(plans, ({ event, startedAt }) => {
      const metrics = valueAt(event, 'document', 'assessment', 'metrics');
      const worse = metricNames.find((name) => {
        const value = numberAt(metrics, name, 'value') ?? 0;
        const held = name === 'cpuPercent' ? service.cpuPolicy.baseline.target : 0;
        const most = Math.max(config.thresholds[name].warning, held, about * usual(name));
        return name !== 'requestRatePerMinute' && value > Math.min(most, config.thresholds[name].critical);
      });
      return worse === undefined
        ? undefined
        : `${clock(startedAt)} goes down with ${worse} at ${numberAt(metrics, worse, 'value')}`;
    });
  },
};

/** Scenario 48: where traffic has vanished while a dependency or an endpoint is down, every look for calm says so. */
export const vanishedIsNotCalm: Checker = {
  name: '48 vanished traffic is not calm',
  check({ invocations, snapshots: stored, incident: { troubles }, startedAt: start }) {
    const snapshots = invocations.filter(({ function: name }) => name === 'take-snapshot');
    // Where an emergency was under way that no record tells of, nobody knows what is usual.
    const isUnusual = (key: unknown) =>
      stored.some((one) => one.key === key && valueAt(one.body, 'leftRaised') === true);
    const holds = (kinds: readonly Trouble['kind'][], at: number, since: number) =>
      troubles.some(
        ({ kind, from, until, ...rest }) =>
          kinds.includes(kind) &&
          !('factor' in rest && rest.factor > smallShare) &&
          start + from * 1000 > since &&
          start + from * 1000 + seenAfter < at &&
          at < start + until * 1000,
      );
    const gone = invocations.filter(({ function: name, event, result, startedAt: at }) => {
      if (name !== 'wait-verify' || textAt(event, 'goal') !== 'calm' || result === undefined) return false;
      // A later run of an incident keeps the first snapshot, so each of them has to tell what was usual.
      const earlier = snapshots.filter((one) => one.startedAt < at);
      if (earlier.some((one) => isUnusual(textAt(one.result, 'key')))) return false;
      const usual = earlier.map(
        (one) => numberAt(one.event, 'document', 'assessment', 'usual', 'requestRatePerMinute') ?? 0,
      );
      const since = Math.max(...earlier.map((one) => one.startedAt));
      return (
        Math.min(...usual, usual.length > 0 ? Number.POSITIVE_INFINITY : 0) >= enough &&
        holds(['traffic'], at, since) &&
        holds(['redis-down', 'endpoint-down'], at, since)
      );
    });
    return each(gone, ({ result, startedAt }) => {
      const rateUnknown = listAt(result, 'reasons').some(
        (reason) => textAt(reason, 'metric') === 'requestRatePerMinute',
      );
      return rateUnknown || codesAt(result, 'reasons').includes('traffic-vanished')
        ? undefined
        : `${clock(startedAt)} not a word of the traffic that has vanished`;
    });
  },
};

/** So small a share of the ordinary requests is no quiet hour, also after a crowd. */
const smallShare = 0.05;
/** Fewer requests before the incident are no measure. */
const enough = 100;
/** CloudWatch shows by then what has changed. */
const seenAfter = 420_000;

/** What users feel. */
const felt = ['errorRatePercent', 'latencyP95Seconds', 'latencyP99Seconds'];

/** Invariant 18: while users are affected, a run that waits for calm does not go on waiting as if nothing were. */
export const affectedAreHelped: Checker = {
  name: '18 affected users are helped',
  check({ invocations, config }) {
    const looks = invocations.filter(
      ({ function: name, event, result }) =>
        name === 'wait-verify' && textAt(event, 'goal') === 'calm' && result,
    );
    const { verify, calm } = config.timing;
    const longest = verify.deadlineSeconds + 2 * calm.intervalSeconds;
    const runs = [...Map.groupBy(looks, ({ execution }) => execution).values()];
    return each(runs, (own) => {
      let since: number | undefined;
      for (const { result, startedAt } of own) {
        const affected = listAt(result, 'reasons').some(
          (reason) =>
            textAt(reason, 'code') === 'metric-critical' && felt.includes(textAt(reason, 'metric') ?? ''),
        );
        since = affected ? (since ?? startedAt) : undefined;
        if (since !== undefined && startedAt - since > longest * 1000)
          return `${clock(startedAt)} users are affected since ${clock(since)}, and the run still waits for calm`;
      }
      return undefined;
    });
  },
};
