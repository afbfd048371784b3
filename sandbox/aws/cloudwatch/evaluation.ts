import { type AlarmDefinition, type AlarmStateValue, COMPARISONS } from './schemas.ts';

/** The state that a range of points calls for, and the points that decided it. */
export interface Verdict {
  state: AlarmStateValue;
  /** Index of the points that were evaluated, oldest first. */
  evaluated: number[];
  /** Among them, those beyond the threshold. */
  breaching: number[];
  /** Missing points that were filled in. */
  filled: number;
}

/**
 * M out of N evaluation with missing data, as in "Configuring how CloudWatch alarms treat missing data": the most
 * recent N real points of a range that is longer than N; only what is then still missing is filled in.
 * @param points oldest first, `undefined` where no point was received
 */
export function evaluatePoints(
  definition: AlarmDefinition,
  points: readonly (number | undefined)[],
  current: AlarmStateValue,
): Verdict {
  const { EvaluationPeriods: periods, TreatMissingData: treatment } = definition;
  const needed = definition.DatapointsToAlarm ?? periods;
  const { breaches } = COMPARISONS[definition.ComparisonOperator];
  const evaluated = points.flatMap((point, index) => (point === undefined ? [] : [index])).slice(-periods);
  const breaching = evaluated.filter((index) => breaches(points[index] ?? Number.NaN, definition.Threshold));
  const filled = periods - evaluated.length;
  const verdict = (state: AlarmStateValue): Verdict => ({ state, evaluated, breaching, filled });

  if (filled === 0 || treatment === 'notBreaching')
    return verdict(breaching.length >= needed ? 'ALARM' : 'OK');
  if (treatment === 'breaching') return verdict(breaching.length + filled >= needed ? 'ALARM' : 'OK');
  if (evaluated.length === 0) return verdict(treatment === 'ignore' ? current : 'INSUFFICIENT_DATA');
  if (breaching.length >= needed) return verdict('ALARM');
  if (breaching.length < evaluated.length) return verdict('OK');
  // All known points breach but they are fewer than needed: an old enough one suffices, a young one may be followed
  // by a point that does not breach.
  const oldestAge = points.length - (evaluated[0] ?? points.length);
  return verdict(oldestAge >= needed && treatment === 'missing' ? 'ALARM' : current);
}

/**
 * Whether a percentile alarm keeps its state because too few samples are behind its points: fewer than 10 ÷ (1 - share),
 * below the median 10 ÷ share. Without any point the alarm's treatment of missing data holds; metric math is always
 * evaluated. Source: CloudWatch User Guide, "Percentile-based alarms and low data samples".
 */
export function ignores(definition: AlarmDefinition, samples: () => number): boolean {
  const { EvaluateLowSampleCountPercentile: low, ExtendedStatistic = '' } = definition;
  const percent = /^p(\d+(?:\.\d+)?)$/.exec(ExtendedStatistic)?.[1];
  if (low !== 'ignore' || percent === undefined) return false;
  const share = Number(percent);
  const found = samples();
  return found > 0 && found < 1000 / (share < 50 ? share : 100 - share);
}
