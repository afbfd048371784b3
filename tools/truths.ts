import type { Cause } from '../shared/document/assessment.ts';
import type { Plan } from '../shared/document/plan.ts';

/** What a play is in truth, and what a run should do about it first. */
export interface Truth {
  name: string;
  scenario: string;
  /** As in a file for `--circumstances`. */
  circumstances?: Readonly<Record<string, unknown>>;
  cause: Cause['name'];
  actions: readonly Plan['action'][];
  /** Alarms before have nothing to do with it, seconds; default 300, the quiet minutes. */
  beginsAfterSeconds?: number;
  /** How late CloudWatch is there, seconds; default 60. */
  metricDelaySeconds?: number;
}

const spike = { scenario: 'traffic-spike', cause: 'traffic-spike', actions: ['scale-out'] } as const;
const dependencyDown = { cause: 'upstream-failure', actions: ['escalate'] } as const;
const whole = { secondsAfterAlarm: -60, forSeconds: 1800 };

/** The sandbox's scenarios and circumstances with known truth. */
export const truths: readonly Truth[] = [
  { name: 'traffic-spike', ...spike },
  { name: 'flash-crowd', ...spike, scenario: 'flash-crowd' },
  { name: 'step', ...spike, scenario: 'step' },
  // Cheap requests: two more tasks carry them, and autoscaling may have added those.
  { name: 'bot-burst', ...spike, scenario: 'bot-burst', actions: ['scale-out', 'watch'] },
  { name: 'lying-metrics', ...spike, scenario: 'lying-metrics' },
  { name: 'cloudwatch-delayed', ...spike, scenario: 'cloudwatch-delayed', metricDelaySeconds: 180 },
  {
    name: 'slow-queries',
    scenario: 'slow-queries',
    cause: 'slow-queries',
    actions: ['escalate', 'relieve-pool'],
  },
  {
    name: 'slow-leak',
    scenario: 'slow-leak',
    cause: 'memory-pressure',
    actions: ['scale-out', 'watch'],
    beginsAfterSeconds: 2100,
  },
  {
    name: 'pool-exhaustion',
    scenario: 'pool-exhaustion',
    cause: 'pool-exhaustion',
    actions: ['relieve-pool'],
  },
  { name: 'redis-down', scenario: 'redis-down', ...dependencyDown },
  { name: 'redis-full', scenario: 'redis-full', ...dependencyDown },
  { name: 'redis-slow', scenario: 'redis-slow', ...dependencyDown },
  { name: 'redis-loading', scenario: 'redis-loading', ...dependencyDown },
  {
    name: 'database-down',
    scenario: 'quiet',
    ...dependencyDown,
    circumstances: { troubles: [{ kind: 'database-down', secondsAfterAlarm: 0, forSeconds: 1800 }] },
  },
  {
    name: 'traffic vanished',
    scenario: 'quiet',
    ...dependencyDown,
    circumstances: {
      troubles: [
        { kind: 'database-down', secondsAfterAlarm: 0, forSeconds: 1800 },
        { kind: 'traffic', secondsAfterAlarm: 20, forSeconds: 1800, factor: 0.1 },
      ],
    },
  },
  {
    name: 'bad-deployment',
    scenario: 'bad-deployment',
    cause: 'deployment',
    actions: ['roll-back'],
  },
  {
    name: 'good release before',
    ...spike,
    circumstances: { deployments: [{ secondsAfterAlarm: -1800 }] },
  },
  {
    name: 'restart before',
    ...spike,
    circumstances: { deployments: [{ secondsAfterAlarm: -240, restart: true }] },
  },
  {
    name: 'Spot reclaim',
    ...spike,
    circumstances: { troubles: [{ kind: 'spot-reclaim', secondsAfterAlarm: -120, tasks: 1 }] },
  },
  {
    name: 'health check kills',
    ...spike,
    circumstances: { troubles: [{ kind: 'load-balancer-kills', failsAfterSeconds: 60, ...whole }] },
  },
  {
    name: 'scheduled cut',
    ...spike,
    circumstances: { scheduledAction: { name: 'evening', secondsAfterAlarm: 20, maxCapacity: 2 } },
  },
  {
    name: 'out of memory before',
    ...spike,
    circumstances: { troubles: [{ kind: 'out-of-memory', secondsAfterAlarm: -480, tasks: 1 }] },
  },
  {
    name: "neighbour's errors",
    ...spike,
    circumstances: {
      troubles: [
        {
          kind: 'neighbour',
          requestsPerMinute: 6000,
          targetErrorsPerMinute: 120,
          errorsPerMinute: 60,
          ...whole,
        },
      ],
    },
  },
];
