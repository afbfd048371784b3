import { metricNames } from '../../shared/config/metric-catalogue.ts';
import { numberAt, textAt, valueAt } from '../facts/values.ts';
import { type Checker, clock, each, productWrites, told } from './checker.ts';

/** Scenario 50: nothing is written for a service that shows target groups, and not the configured one. */
export const itsOwnTargetGroup: Checker = {
  name: '50 its own target group',
  check(recording) {
    const { incident, service } = recording;
    const groups = JSON.stringify(incident.shown?.serviceMembers?.loadBalancers ?? '');
    if (!groups.includes(':targetgroup/') || groups.includes(`:${service.targetGroup}"`))
      return { live: 0, findings: [] };
    const findings = productWrites(recording).map((write) => `without its target group: ${told(write)}`);
    return { live: 1, findings };
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
            textAt(result, 'health', one, 'level') !== 'unknown',
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
