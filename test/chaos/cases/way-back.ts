import { asWorker } from '../../../chaos/generate/config.ts';
import type { Recording } from '../../../chaos/record/recording.ts';
import type { MetricName } from '../../../shared/config/metric-catalogue.ts';
import { service, targetGroup } from '../../support/builders.ts';
import {
  at,
  type Case,
  execution,
  invocation,
  person,
  recording,
  settings,
  through,
  write,
} from '../recordings.ts';

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

const normal = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false };
/** A restore that ended with these settings and named these differences. */
const back = (now: object, differences: { setting: string; before: number; after: number }[]) => ({
  snapshots: [
    {
      at: at(10),
      key: 'snapshot/i1',
      body: { desired: 3, bounds: { min: 2, max: 10, suspended: normal }, taskDefinition: 'buywhere-api:42' },
    },
  ],
  invocations: [invocation('wait-verify', 'scale-in', { startedAt: at(580) })],
  ends: [
    {
      execution: execution('scale-in', {
        output: { outcome: { outcome: 'restored', differences }, incident: { id: 'i1' } },
      }),
      at: at(600),
      settings: settings({ desired: 3, min: 2, max: 10, suspended: normal, ...now }),
      lock: undefined,
    },
  ],
});
/** A rollback that a person started. */
const asked = invocation('rollback', 'rollback');
const withLag = { ...recording({}).incident, faults: [{ kind: 'lag' as const, seconds: 60 }] };

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
  const stored = { result: { key: 'snapshot/i1' } };
  const snapshot = { ...before({ requestRatePerMinute: usual }), ...stored, startedAt: at(100) };
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
/** A person gives everything back while people are asked; and how the run that asks ends. */
/** A plan of a service that takes its work from a queue. */
const ofWorker = (reasons: object[]): Partial<Recording> => ({
  service: asWorker(service),
  invocations: [invocation('plan', 'emergency-scaling', { result: { reasons } })],
});

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
/** A check of a scale-out that misses so many tasks. */
const missing = (count: number, state = 'failed') =>
  invocation('wait-verify', 'emergency-scaling', {
    goal: 'recovered',
    startedAt: at(100),
    result: {
      state,
      reasons: [{ code: 'not-reached' }, { code: 'tasks-starting', running: 9, wanted: 9 + count }],
    },
  });
/** The look of the run that follows it. */
const after = (level: string, seconds = 101) =>
  invocation('assess', 'rollback', {
    startedAt: at(seconds),
    result: {
      metrics: { cpuPercent: { level }, dbPoolPercent: { level: 'none' } },
      health: { api: { level: 'ok' } },
    },
  });
/** A look for calm while a deployment awaits an action. */
const sees = (code: string) =>
  invocation('wait-verify', 'scale-in', {
    goal: 'calm',
    startedAt: at(100),
    awaitsAction: true,
    result: { state: 'waiting', reasons: [{ code }] },
  });

export const wayBackCases: Case[] = [
  {
    checker: '61 enough is enough',
    wrong: { invocations: [missing(1), after('ok')] },
    says: /tasks are missing, everything is ok, and the run fails/,
    right: { invocations: [missing(1), after('warning')] },
    excused: [
      { invocations: [missing(0), after('ok')] },
      { invocations: [missing(2), after('ok')] },
      { invocations: [missing(1, 'waiting'), after('ok')] },
      { invocations: [missing(1)] },
      { invocations: [missing(1), after('ok', 400)] },
      // It could not be read at the look itself.
      ...['cloudwatch:GetMetricData', 'http:get'].map((name) => ({
        invocations: [
          { ...missing(1), operations: [{ name, at: at(100), error: 'InternalServiceFault' }] },
          after('ok'),
        ],
      })),
    ],
  },
  {
    checker: '62 pauses are said',
    wrong: { invocations: [sees('deployment-running')] },
    says: /not a word of the action that is awaited/,
    right: { invocations: [sees('deployment-awaits-action')] },
    excused: [
      { invocations: [sees('stabilising')] },
      { invocations: [{ ...sees('deployment-running'), awaitsAction: false }] },
      {
        invocations: [
          {
            ...sees('deployment-running'),
            operations: [{ name: 'ecs:DescribeServiceDeployments', at: at(100), error: 'ServerException' }],
          },
        ],
      },
      {
        invocations: [sees('deployment-running')],
        incident: { ...recording().incident, faults: [{ kind: 'lag', seconds: 40 }] },
      },
    ],
  },
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
    excused: [
      { incident: withGroup(targetGroup), writes: [scaledOut] },
      { ...ofWorker([]), incident: withGroup('targetgroup/other/1'), writes: [scaledOut] },
    ],
  },
  {
    checker: '4 a row that is left out is not unknown',
    wrong: ofWorker([
      { code: 'metric-unknown', metric: 'latencyP99Seconds', text: 'P99 latency is unknown' },
    ]),
    says: /plan says "P99 latency is unknown" of a row that is left out/,
    right: ofWorker([{ code: 'metric-critical', metric: 'cpuPercent', text: 'CPU is critical' }]),
  },
  {
    checker: '4 a row that is left out is not unknown',
    wrong: ofWorker([{ code: 'rate-unknown', text: 'request rate is unknown' }]),
    says: /plan says "request rate is unknown" of a row that is left out/,
    right: ofWorker([{ code: 'no-request-rate', text: 'nobody counts' }]),
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
    excused: [
      vanished(['health'], 20),
      vanished(['health'], 600, 100),
      // What was read as usual was an emergency that no record told of.
      {
        ...vanished(['health']),
        snapshots: [{ at: at(100), key: 'snapshot/i1', body: { leftRaised: true } }],
      },
    ],
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
  {
    checker: '20 restored says what differs',
    wrong: back({ max: 14 }, []),
    says: /restored: max 10 → 14, said undefined/,
    right: back({ max: 14 }, [{ setting: 'max', before: 10, after: 14 }]),
    excused: [
      // Somebody wrote during the last look, or ECS showed it late.
      { ...back({ max: 14 }, []), people: [person(590, { max: 14 }, { max: 10 }, ['scale-in'])] },
      { ...back({ max: 14 }, []), incident: withLag },
      {
        ...back({ desired: 5 }, []),
        writes: [write(asked, { desired: 3 }, { desired: 5 }, { at: at(590) })],
      },
    ],
  },
  {
    checker: '20 restored says what differs',
    wrong: back({}, [{ setting: 'desired', before: 3, after: 4 }]),
    says: /restored: desired 3 → 3, said 4/,
    right: back({}, []),
  },
];
