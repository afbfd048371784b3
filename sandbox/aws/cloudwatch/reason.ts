import type { Alarm } from './alarm.ts';
import type { Verdict } from './evaluation.ts';
import { COMPARISONS } from './schemas.ts';

/** CloudWatch prints whole numbers with one decimal, as Java does. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `23/11/26 23:01:00`, UTC. */
function shortTime(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

/** `2026-10-02T17:04:40.989+0000`: CloudWatch's time format in events, without a colon in the offset. */
export function eventTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function reasonText(
  alarm: Alarm,
  verdict: Verdict,
  points: readonly (number | undefined)[],
  times: readonly number[],
): string {
  const { definition, state } = alarm;
  const { text } = COMPARISONS[definition.ComparisonOperator];
  const shown =
    verdict.state === 'ALARM'
      ? verdict.breaching
      : verdict.evaluated.filter((index) => !verdict.breaching.includes(index));
  if (verdict.state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${count(verdict.filled, 'datapoint')} ${verdict.filled === 1 ? 'was' : 'were'} unknown.`;
  }
  if (shown.length === 0) {
    const treatment = definition.TreatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    const periods = count(definition.EvaluationPeriods, 'period');
    const missing = count(verdict.filled, 'missing datapoint');
    const verb = verdict.filled === 1 ? 'was' : 'were';
    return `Threshold Crossed: no datapoints were received for ${periods} and ${missing} ${verb} treated as [${treatment}].`;
  }
  const list = [...shown]
    .reverse()
    .map((index) => `${decimal(points[index] ?? 0)} (${shortTime(times[index] ?? 0)})`)
    .join(', ');
  const needed = definition.DatapointsToAlarm ?? definition.EvaluationPeriods;
  const toChange = verdict.state === 'ALARM' ? needed : definition.EvaluationPeriods - needed + 1;
  const from = state.value === 'INSUFFICIENT_DATA' ? 'OK' : state.value;
  const transition = verdict.state === 'ALARM' ? `${from} -> ALARM` : 'ALARM -> OK';
  return (
    `Threshold Crossed: ${shown.length} out of the last ${count(definition.EvaluationPeriods, 'datapoint')} [${list}] ` +
    `${shown.length === 1 ? 'was' : 'were'} ${verdict.state === 'ALARM' ? '' : 'not '}${text} the threshold ` +
    `(${decimal(definition.Threshold)}) (minimum ${count(toChange, 'datapoint')} for ${transition} transition).`
  );
}

/** The `reason` and `reasonData` of a transition, worded as CloudWatch words them. */
export function explain(
  alarm: Alarm,
  verdict: Verdict,
  points: readonly (number | undefined)[],
  times: readonly number[],
  now: number,
): { reason: string; reasonData: string } {
  const { definition, queries, period } = alarm;
  const statistic = queries.length === 1 ? queries[0]?.MetricStat?.Stat : undefined;
  const known = verdict.evaluated.map((index) => ({ at: times[index] ?? 0, value: points[index] ?? 0 }));
  return {
    reason: reasonText(alarm, verdict, points, times),
    reasonData: JSON.stringify({
      version: '1.0',
      queryDate: eventTime(now),
      ...(known[0] !== undefined && { startDate: eventTime(known[0].at) }),
      ...(statistic !== undefined && { statistic }),
      period,
      recentDatapoints: known.map((point) => point.value),
      threshold: definition.Threshold,
      evaluatedDatapoints: [...known].reverse().map(({ at, value }) => ({ timestamp: eventTime(at), value })),
    }),
  };
}
