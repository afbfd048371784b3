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
        const said = numberAt(result, 'metrics', name, 'value') === LAST_BUCKET;
        const level = textAt(result, 'metrics', name, 'level') ?? '';
        return said && !['unknown', 'critical'].includes(level);
      });
      return wrong && `${clock(startedAt)} ${wrong} counts with the bound of its last bucket`;
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
