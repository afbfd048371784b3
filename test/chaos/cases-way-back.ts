import type { MetricName } from '../../shared/config/metric-catalogue.ts';
import { service } from '../support/builders.ts';
import { type Case, invocation, recording, write } from './recordings.ts';

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

/** What the checkers of the way back must flag and accept. */
export const wayBackCases: Case[] = [
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
