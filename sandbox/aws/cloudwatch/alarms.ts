import { arn } from '../../place.ts';
import { AwsError } from '../errors.ts';
import { parseInput } from '../input.ts';
import type { Site } from '../site.ts';
import type { Alarm, AlarmState } from './alarm.ts';
import { type AlarmEvent, alarmEvent } from './alarm-event.ts';
import { evaluatePoints, ignores } from './evaluation.ts';
import { evaluateQueries, periodOf } from './queries.ts';
import { explain } from './reason.ts';
import {
  type AlarmDefinition,
  type AlarmInput,
  type AlarmStateValue,
  type MetricQuery,
  PutMetricAlarm,
} from './schemas.ts';

/** The alarms of the simulated CloudWatch, and the entrance for the sandbox that sets them up. */
export interface Alarms {
  putAlarm(input: AlarmInput): Alarm;
  deleteAlarm(name: string): void;
  /** SetAlarmState: until the next evaluation. @throws AwsError ResourceNotFound */
  setState(name: string, value: AlarmStateValue, reason: string, reasonData?: string): void;
  find(name: string): Alarm | undefined;
  /** In order of creation. */
  all(): Alarm[];
  /** Calls the listener with EventBridge's "CloudWatch Alarm State Change" document at each transition. */
  onAlarmStateChange(listener: (event: AlarmEvent) => void): void;
  /** Evaluates the alarms that are due at a full `seconds` (10 or 60) mark; returns them. */
  evaluate(seconds: 10 | 60): Alarm[];
}

function singleMetricQuery(definition: AlarmDefinition): MetricQuery {
  return {
    Id: 'm1',
    ReturnData: true,
    MetricStat: {
      Metric: {
        ...(definition.Namespace !== undefined && { Namespace: definition.Namespace }),
        ...(definition.MetricName !== undefined && { MetricName: definition.MetricName }),
        Dimensions: definition.Dimensions,
      },
      Period: definition.Period ?? 60,
      Stat: definition.Statistic ?? definition.ExtendedStatistic ?? 'Average',
    },
  };
}

/** How many samples the points of an alarm on one metric were made of; `times` are the starts of their periods. */
function samplesOf(
  site: Site,
  queries: readonly MetricQuery[],
  times: readonly number[],
  end: number,
): number {
  const [query] = queries;
  const [first] = times;
  if (!query?.MetricStat || first === undefined) return 0;
  const counted = { ...query, MetricStat: { ...query.MetricStat, Stat: 'SampleCount' } };
  const series = evaluateQueries(site, [counted], first, end)(query.Id);
  return times.reduce((sum, at) => sum + (series.get(at) ?? 0), 0);
}

function evaluateAlarm(site: Site, alarm: Alarm, changeTo: (alarm: Alarm, state: AlarmState) => void): void {
  const step = alarm.period * 1000;
  const periods = alarm.definition.EvaluationPeriods;
  const end = Math.floor(site.now() / step) * step;
  // CloudWatch fetches more points than it evaluates, so that late ones (here: by three minutes) do not count as missing.
  const start = end - (periods + 3) * step;
  const result = alarm.queries.find((query) => query.ReturnData);
  const series = result && evaluateQueries(site, alarm.queries, start, end)(result.Id);
  const points: (number | undefined)[] = [];
  const times: number[] = [];
  for (let at = start; at < end; at += step) {
    const value = series?.get(at);
    points.push(Number.isFinite(value) ? value : undefined);
    times.push(at);
  }
  const latest = points.findLast((point) => point !== undefined);
  if (latest === undefined) delete alarm.latestValue;
  else alarm.latestValue = latest;
  const verdict = evaluatePoints(alarm.definition, points, alarm.state.value);
  if (verdict.state === alarm.state.value) return;
  const known = verdict.evaluated.map((index) => times[index] ?? 0);
  if (ignores(alarm.definition, () => samplesOf(site, alarm.queries, known, end))) return;
  changeTo(alarm, {
    value: verdict.state,
    at: site.now(),
    ...explain(alarm, verdict, points, times, site.now()),
  });
}

export function createAlarms(site: Site): Alarms {
  const alarms = new Map<string, Alarm>();
  const listeners: ((event: AlarmEvent) => void)[] = [];

  function changeTo(alarm: Alarm, state: AlarmState): void {
    const previous = alarm.state;
    alarm.state = state;
    if (previous.value === state.value) return;
    alarm.transitionedAt = state.at;
    const event = alarmEvent(site, alarm, previous);
    for (const listener of listeners) listener(event);
  }

  return {
    putAlarm(input) {
      const definition = parseInput(PutMetricAlarm, input, 'ValidationError');
      const now = site.now();
      const queries = definition.Metrics ?? [singleMetricQuery(definition)];
      const known = alarms.get(definition.AlarmName);
      const alarm: Alarm = {
        definition,
        arn: arn(site, 'cloudwatch', `alarm:${definition.AlarmName}`),
        queries,
        period: periodOf(queries),
        // An update keeps the state; a new alarm has none yet.
        state: known?.state ?? {
          value: 'INSUFFICIENT_DATA',
          reason: 'Unchecked: Initial alarm creation',
          at: now,
        },
        configuredAt: now,
        transitionedAt: known?.transitionedAt ?? now,
      };
      alarms.set(definition.AlarmName, alarm);
      return alarm;
    },
    deleteAlarm: (name) => void alarms.delete(name),
    setState(name, value, reason, reasonData) {
      const alarm = alarms.get(name);
      if (alarm === undefined) throw new AwsError('ResourceNotFound', `Unknown alarm: ${name}`, 404);
      changeTo(alarm, { value, reason, ...(reasonData !== undefined && { reasonData }), at: site.now() });
    },
    find: (name) => alarms.get(name),
    all: () => [...alarms.values()],
    onAlarmStateChange: (listener) => void listeners.push(listener),
    evaluate(seconds) {
      site.world.advance();
      const due = [...alarms.values()].filter((alarm) => alarm.period < 60 === (seconds === 10));
      for (const alarm of due) evaluateAlarm(site, alarm, changeTo);
      return due;
    },
  };
}
