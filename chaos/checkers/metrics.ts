import { LAST_BUCKET } from '../../sandbox/world/metrics/metrics-page.ts';
import { numberAt, textAt } from '../facts/values.ts';
import { type Checker, clock, each } from './checker.ts';

const quantiles = ['latencyP95Seconds', 'latencyP99Seconds'] as const;

/** Scenario 60: a quantile that has reached the last bucket is a lower bound, so never a value that is not critical. */
export const boundIsNoValue: Checker = {
  name: '60 a lower bound is no value',
  check({ incident, invocations }) {
    const ends = incident.troubles.some(
      (trouble) => trouble.kind === 'monitoring-fault' && trouble.fault === 'last-bucket',
    );
    const looks = invocations.filter(({ function: name, result }) => name === 'assess' && result);
    return each(ends ? looks : [], ({ result, startedAt }) => {
      const wrong = quantiles.find((name) => {
        // CloudWatch has no buckets: its percentile may be that very number.
        const said =
          numberAt(result, 'metrics', name, 'value') === LAST_BUCKET &&
          textAt(result, 'metrics', name, 'source') !== 'CloudWatch';
        const level = textAt(result, 'metrics', name, 'level') ?? '';
        return said && !['unknown', 'critical'].includes(level);
      });
      return wrong && `${clock(startedAt)} ${wrong} counts with the bound of its last bucket`;
    });
  },
};

/** What is never zero while tasks run and people come. */
const neverZero = ['cpuPercent', 'latencyP95Seconds', 'latencyP99Seconds', 'requestRatePerMinute'] as const;

/** Scenario 48: a zero of a source that has lost its service is no value. */
export const zerosAreNoValues: Checker = {
  name: '48 zeros are no values',
  check({ incident: { troubles }, invocations }) {
    const lost = troubles.some((one) => one.kind === 'metric-fault' && one.fault === 'zero');
    const looks = invocations.filter(({ function: name, result }) => name === 'assess' && result);
    return each(lost ? looks : [], ({ result, startedAt }) => {
      const zero = neverZero.find((name) => numberAt(result, 'metrics', name, 'value') === 0);
      return zero && `${clock(startedAt)} ${zero} counts with a zero`;
    });
  },
};

/** Scenario 47: the errors of a neighbour, far more than all our requests, are not in our error rate. */
export const neighboursAreNotOurs: Checker = {
  name: '47 errors of neighbours are not ours',
  check({ incident, invocations }) {
    const { troubles } = incident;
    const only = troubles.every((one) => one.kind === 'neighbour' && one.errorsPerMinute >= hugeErrors);
    const looks = invocations.filter(({ function: name, result }) => name === 'assess' && result);
    return each(only && troubles.length > 0 ? looks : [], ({ result, startedAt }) => {
      const rate = numberAt(result, 'metrics', 'errorRatePercent', 'value') ?? 0;
      return rate > 90 ? `${clock(startedAt)} an error rate of ${rate} % is the neighbour's` : undefined;
    });
  },
};

const hugeErrors = 100_000;
