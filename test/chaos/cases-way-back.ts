import type { MetricName } from '../../shared/config/metric-catalogue.ts';
import { service } from '../support/builders.ts';
import {
  type Case,
  execution,
  invocation,
  person,
  recording,
  settings,
  through,
  write,
} from './recordings.ts';

const goesDown = (values: Partial<Record<MetricName, number>>) =>
  invocation('plan', 'scale-in', {
    direction: 'in',
    document: {
      assessment: {
        metrics: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
      },
    },
    result: { action: 'scale-in' },
  });
const before = (usual: Partial<Record<MetricName, number>>) =>
  invocation('take-snapshot', 'emergency-scaling', { document: { assessment: { usual } } });

const heard = (level: string, errors: string) =>
  invocation('assess', 'emergency-scaling', {
    result: {
      health: { api: { level: 'ok' }, mcp: { level, unknown: { cause: 'late' } } },
      metrics: { errorRatePercent: { level: errors } },
    },
  });

const scaledOut = write(invocation('scale-out', 'emergency-scaling'), { desired: 3 }, { desired: 8 });
const withGroup = (group: string) => ({
  ...recording().incident,
  shown: {
    serviceMembers: { loadBalancers: [{ targetGroupArn: `arn:aws:elasticloadbalancing:x:1:${group}` }] },
  },
});

/** A person gives everything back while people are asked; and how the run that asks ends. */
const givenBack = (end: string, part: object = {}) => ({
  people: [person(100, { desired: 8 }, { desired: 20 }, ['scale-in'])],
  executions: [execution('scale-in', { history: [...through('Ask for approval'), ...later(end)] })],
  ...part,
});
const later = (state: string) =>
  through(state).map((event) => ({ ...event, timestamp: event.timestamp + 900_000 }));
const stopped = (kind: string, reason: string) =>
  invocation('assess', 'scale-in', { result: { stoppedTasks: [{ kind, reason, count: 3 }] } });
const planned = (to: { min: number; max: number }, count: number) =>
  invocation('plan', 'scale-in', {
    direction: 'in',
    result: { action: 'scale-in', bounds: { to }, desired: { from: 20, to: count } },
  });
const switchedOff = { kind: 'switch', at: { atSeconds: 60 }, forSeconds: 300 } as const;

/** What the checkers of the way back must flag and accept. */
export const wayBackCases: Case[] = [
  {
    checker: '46 kills are named',
    wrong: { invocations: [stopped('scaled-in', 'Task failed ELB health checks in (target-group x)')] },
    says: /3 tasks that a health check killed count as scaled-in/,
    right: {
      invocations: [stopped('killed-by-health-checks', 'Task failed ELB health checks in (target-group x)')],
    },
    excused: [{ invocations: [stopped('scaled-in', 'Scaling activity initiated by (deployment x)')] }],
  },
  {
    checker: '55 plans can be carried out',
    wrong: { invocations: [planned({ min: 12, max: 10 }, 3)] },
    says: /plans a max of 10 below 12/,
    right: { invocations: [planned({ min: 12, max: 12 }, 12)] },
  },
  {
    checker: '55 plans can be carried out',
    wrong: { invocations: [planned({ min: 1, max: 10 }, 15)] },
    says: /plans a max of 10 below 15/,
    right: { invocations: [planned({ min: 1, max: 15 }, 15)] },
  },
  {
    checker: '56 restored by hand closes',
    wrong: givenBack('Expired'),
    says: /given back by hand, and people are asked until "Expired"/,
    right: givenBack('Restored'),
    excused: [
      givenBack('Expired', { before: settings({ max: 10 }) }),
      givenBack('Expired', { incident: { ...recording().incident, faults: [switchedOff] } }),
    ],
  },
  {
    checker: '50 its own target group',
    wrong: { incident: withGroup('targetgroup/other/1'), writes: [scaledOut] },
    says: /without its target group/,
    right: { incident: withGroup('targetgroup/other/1') },
    excused: [{ incident: withGroup(service.targetGroup), writes: [scaledOut] }],
  },
  {
    checker: '51 unreachable is unknown',
    wrong: { invocations: [heard('critical', 'ok')] },
    says: /mcp does not answer and counts as down/,
    right: { invocations: [heard('unknown', 'ok')] },
    excused: [{ invocations: [heard('critical', 'critical')] }],
  },
  {
    checker: '49 calm is as before',
    wrong: { invocations: [before({ dbPoolPercent: 50 }), goesDown({ dbPoolPercent: 75 })] },
    says: /goes down with dbPoolPercent at 75/,
    right: { invocations: [before({ dbPoolPercent: 74 }), goesDown({ dbPoolPercent: 75 })] },
    excused: [{ invocations: [goesDown({ cpuPercent: 70, requestRatePerMinute: 5000 })] }],
  },
  {
    checker: '49 calm is as before',
    wrong: { invocations: [before({ cpuPercent: 79 }), goesDown({ cpuPercent: 81 })] },
    says: /goes down with cpuPercent at 81/,
    right: { invocations: [before({ cpuPercent: 79 }), goesDown({ cpuPercent: 80 })] },
  },
];
