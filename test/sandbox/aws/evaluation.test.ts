import { describe, expect, it } from '@jest/globals';
import { evaluatePoints, ignores } from '../../../sandbox/aws/cloudwatch/evaluation.ts';
import { PutMetricAlarm } from '../../../sandbox/aws/cloudwatch/schemas.ts';

/** `0` is within the threshold, `X` beyond it, `-` missing; oldest first, as in the documentation's tables. */
function evaluate(points: string, needed: number, treatment: string) {
  const alarm = PutMetricAlarm.parse({
    AlarmName: 'a',
    MetricName: 'm',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 3,
    DatapointsToAlarm: needed,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: treatment,
  });
  const values = [...points].map((point) => (point === '-' ? undefined : point === 'X' ? 2 : 0));
  return evaluatePoints(alarm, values, 'OK').state;
}

const INSUFFICIENT = 'INSUFFICIENT_DATA';

// "Configuring how CloudWatch alarms treat missing data": evaluation periods 3, range of 5 points; retained = OK.
describe.each([
  // points, needed, missing, ignore, breaching, notBreaching
  ['0-X-X', 3, 'OK', 'OK', 'OK', 'OK'],
  ['0----', 3, 'OK', 'OK', 'OK', 'OK'],
  ['-----', 3, INSUFFICIENT, 'OK', 'ALARM', 'OK'],
  ['0XX-X', 3, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['--X--', 3, 'ALARM', 'OK', 'ALARM', 'OK'],
  ['----X', 3, 'OK', 'OK', 'ALARM', 'OK'],
  ['0-X-X', 2, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['00X0X', 2, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0-X--', 2, 'OK', 'OK', 'ALARM', 'OK'],
  ['----0', 2, 'OK', 'OK', 'ALARM', 'OK'],
  ['---X-', 2, 'ALARM', 'OK', 'ALARM', 'OK'],
] as const)('%s, %i of 3', (points, needed, missing, ignore, breaching, notBreaching) => {
  it.each([
    ['missing', missing],
    ['ignore', ignore],
    ['breaching', breaching],
    ['notBreaching', notBreaching],
  ])('%s', (treatment, expected) => {
    expect(evaluate(points, needed, treatment)).toBe(expected);
  });
});

// "Percentile-based alarms and low data samples": 10 ÷ (1 - share) samples, below the median 10 ÷ share.
it.each([
  ['p99', 'ignore', 999, true],
  ['p99', 'ignore', 1000, false],
  ['p95', 'ignore', 199, true],
  ['p95', 'ignore', 200, false],
  ['p99.9', 'ignore', 9999, true],
  ['p50', 'ignore', 19, true],
  ['p50', 'ignore', 20, false],
  ['p10', 'ignore', 99, true],
  ['p10', 'ignore', 100, false],
  ['p99', 'ignore', 0, false],
  ['p99', 'evaluate', 999, false],
  ['p99', undefined, 999, false],
] as const)(
  'an alarm on %s, told to %s, with %i samples: keeps its state %s',
  (stat, low, samples, keeps) => {
    const alarm = PutMetricAlarm.parse({
      AlarmName: 'a',
      MetricName: 'm',
      ExtendedStatistic: stat,
      EvaluateLowSampleCountPercentile: low,
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    expect(ignores(alarm, () => samples)).toBe(keeps);
  },
);

it('a plain statistic has no low samples', () => {
  const alarm = PutMetricAlarm.parse({
    AlarmName: 'a',
    MetricName: 'm',
    Statistic: 'Average',
    EvaluateLowSampleCountPercentile: 'ignore',
    Period: 60,
    EvaluationPeriods: 2,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  expect(ignores(alarm, () => 1)).toBe(false);
});
