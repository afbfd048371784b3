import type { Execution } from '../../sandbox/engine/history/execution.ts';
import { endOf, statesOf } from '../../sandbox/report.ts';
import { median } from '../../sandbox/world/model/median.ts';
import { admissionDelayOf } from '../../shared/alerts/admission.ts';
import { type AlertName, alertNames } from '../../shared/alerts/catalogue.ts';
import { textsOf } from '../../shared/format/reasons.ts';
import { type Hit, hitAtSeconds } from './account.ts';
import type { LimitName } from './limits.ts';
import { createStormSandbox, type StormSandbox } from './sandbox.ts';

/** What a storm came to. Seconds count from the first alarm. */
export interface Played {
  recovered: number;
  /** Runs that found their service well and watched it: autoscaling had been faster. */
  watched: number;
  /** The watched ones that never needed anything. */
  needless: number;
  /** The runs that ended otherwise, and why. */
  lost: string[];
  /** When the last run that did not watch had made its last write: the capacity is asked for, autoscaling is set. */
  askedSeconds: number;
  endedSeconds: number;
  callsUntilAsked: Map<LimitName, number>;
  taken: Map<LimitName, number>;
  refused: Map<LimitName, number>;
  busiest: number;
  /** Runs whose users are affected first. */
  byHarm: { alert: AlertName; count: number; median: number; last: number }[];
}

/** By then every alarm has fired, and autoscaling has not reacted yet. */
const alarmsAfterSeconds = hitAtSeconds + 210;
/** The alarms of one minute arrive within some seconds. */
const arrivalSeconds = 5;
const longestSeconds = 7200;
const lastWrite = 'Make autoscaling more aggressive';

/** Plays a storm until every run has ended. `share` is the part of AWS's limits that it gets. */
export async function play(services: number, share: number): Promise<Played> {
  const sandbox = createStormSandbox(services, 1, share);
  const { time, engine, buckets, hits } = sandbox;
  try {
    await time.runUntil(() => false, alarmsAfterSeconds * 1000);
    const begun = time.now();
    const runs: Execution[] = [];
    for (const [index, hit] of hits.entries()) {
      setTimeout(() => runs.push(deliver(sandbox, hit)), (index * arrivalSeconds * 1000) / services);
    }
    const asked = new Map<string, number>();
    let callsUntilAsked: Played['callsUntilAsked'] | undefined;
    const names = new Set(hits.map(({ name }) => runName(name)));
    const watched = new Set<string>();
    sandbox.onExit((execution, state, at) => {
      if (!names.has(execution) || asked.has(execution)) return;
      // What it does later is not about this storm, and no limit is in its way.
      if (state === 'Watch') watched.add(execution);
      if (state !== lastWrite || watched.has(execution)) return;
      asked.set(execution, (at - begun) / 1000);
      if (asked.size === services) callsUntilAsked = new Map(buckets.taken);
    });
    const ended = () => runs.length === services && runs.every(({ status }) => status !== 'RUNNING');
    await time.runUntil(ended, longestSeconds * 1000);
    const secondsOf = ({ name }: Hit) => asked.get(runName(name)) ?? [];
    const endingIn = (state: string) => runs.filter((run) => statesOf(run).at(-1) === state);
    const handled = [...endingIn('Recovered'), ...endingIn('Nothing needed')];
    const lost = runs.filter((run) => !handled.includes(run));
    return {
      recovered: endingIn('Recovered').length,
      watched: watched.size,
      needless: endingIn('Nothing needed').length,
      lost: lost.map((run) => `${run.name}: ${textsOf(endOf(run).reasons).join('; ')}`),
      askedSeconds: Math.max(...asked.values()),
      endedSeconds: (time.now() - begun) / 1000,
      callsUntilAsked: callsUntilAsked ?? new Map(),
      taken: buckets.taken,
      refused: buckets.refused,
      busiest: sandbox.busiest(),
      byHarm: byHarm(hits, secondsOf),
    };
  } finally {
    for (const { status, arn } of engine.executions) if (status === 'RUNNING') engine.stopExecution(arn);
    sandbox.close();
  }
}

const runName = (service: string) => `storm-${service}`;

/** What EventBridge hands over when the alarm has fired. */
function deliver({ engine, time }: StormSandbox, { name, alert }: Hit): Execution {
  const at = new Date(time.now()).toISOString();
  const alarm = `${name}-${alert}`;
  const input = {
    id: `event-${name}`,
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    time: at,
    detail: { alarmName: alarm, state: { value: 'ALARM', timestamp: at } },
  };
  return engine.startExecution({ machine: 'emergency-scaling', name: runName(name), input });
}

function byHarm(hits: readonly Hit[], secondsOf: (hit: Hit) => number | number[]): Played['byHarm'] {
  return alertNames
    .toSorted((a, b) => admissionDelayOf(a) - admissionDelayOf(b))
    .flatMap((alert) => {
      const seconds = hits.filter((hit) => hit.alert === alert).flatMap(secondsOf);
      return seconds.length === 0
        ? []
        : [{ alert, count: seconds.length, median: median(seconds), last: Math.max(...seconds) }];
    });
}
