import type { Recording } from '../../chaos/record/recording.ts';
import type { MetricName } from '../../shared/config/metric-catalogue.ts';
import { service } from '../support/builders.ts';
import { at, type Case, invocation, recording, write } from './recordings.ts';

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

/** A look for calm so long after traffic vanished and a health endpoint went silent, and what it says. */
function vanished(codes: readonly string[], usual = 600, seconds = 600): Partial<Recording> {
  const from = 300;
  const time = { from, until: 5000 };
  const snapshot = { ...before({ requestRatePerMinute: usual }), startedAt: at(100) };
  const look = invocation('wait-verify', 'scale-in', {
    goal: 'calm',
    startedAt: at(from + seconds),
    result: { reasons: codes.map((code) => ({ code, text: code })) },
  });
  return {
    incident: {
      ...recording().incident,
      troubles: [
        { kind: 'traffic', factor: 0.02, ...time },
        { kind: 'endpoint-down', endpoint: 'mcp', ...time },
      ],
    },
    invocations: [snapshot, look],
  };
}

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
    checker: '48 vanished traffic is not calm',
    wrong: vanished(['health']),
    says: /not a word of the traffic that has vanished/,
    right: vanished(['traffic-vanished', 'health']),
    excused: [vanished(['health'], 20), vanished(['health'], 600, 100)],
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
