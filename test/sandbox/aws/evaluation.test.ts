import { describe, expect, it } from '@jest/globals';
import { evaluatePoints } from '../../../sandbox/aws/cloudwatch/evaluation.ts';
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
