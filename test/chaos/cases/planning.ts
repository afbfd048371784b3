import { brokenRevision } from '../../../chaos/generate/revisions.ts';
import type { Trouble } from '../../../sandbox/world/model/trouble.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import { because } from '../../../shared/format/reasons.ts';
import { at, type Case, invocation, recording } from '../recordings.ts';

/** A decision to add tasks, or another one, and the assessment that it was made on. */
const decides = (
  assessment: object,
  {
    action = 'scale-out',
    request = {},
    plan,
    before,
  }: { action?: string; request?: object; plan?: object; before?: object } = {},
) => ({
  invocations: [
    ...[before, assessment].flatMap((result) =>
      result ? [invocation('assess', 'emergency-scaling', { result })] : [],
    ),
    invocation('plan', 'emergency-scaling', {
      document: { request, assessment, plan },
      result: { action, desired: { from: 3, to: 8 } },
    }),
  ],
});
const holds = { action: 'hold' };
const metrics = (levels: Record<string, string>) => ({
  metrics: Object.fromEntries(Object.entries(levels).map(([name, level]) => [name, { level }])),
});
const withRate = (value: number) => ({
  metrics: { requestRatePerMinute: { level: 'ok', value } },
});
/** A run that has scaled out plans once more. */
const secondRound = (first: number, then: number, action = 'scale-out') =>
  decides(withRate(then), { plan: { action }, before: withRate(first) });
const began = new Date(at(0)).toISOString();
const failing = (count: number, kind = 'ran-and-failed', asked = began) => ({
  ...metrics({ cpuPercent: 'critical' }),
  cause: { name: 'unclear' },
  stoppedTasks: [
    { kind, reason: 'Essential container in task exited', count, asked: Array(count).fill(asked) },
  ],
});
const upstream = (confidence: string) => ({
  ...metrics({ errorPercent: 'critical' }),
  cause: {
    name: 'upstream-failure',
    confidence,
    evidence: [because('dependencies-down', { down: ['database'] })],
  },
});
const assessed = (cause: string, ...down: string[]) => ({
  invocations: [
    invocation('assess', 'emergency-scaling', {
      result: { health: { api: { down }, mcp: { down: [] } }, cause: { name: cause } },
    }),
  ],
});

const noCapacity: Trouble = { kind: 'no-capacity', spareTasks: 1, from: 0, until: 1800 };
const noImage: Trouble = { kind: 'start-failure', error: 'CannotPullContainerError', from: 0, until: 1800 };
const apiDown = { kind: 'api-down', from: 0, until: 1800 } as const;
const ofRun = { request: { receivedAt: began } };
/** A plan that says so, of a run that began at once. */
const held = (code: string, ...troubles: Trouble[]) => ({
  invocations: [
    invocation('plan', 'emergency-scaling', { document: ofRun, result: { reasons: [{ code, text: code }] } }),
  ],
  incident: { ...recording().incident, troubles },
});
const lag = { kind: 'lag', seconds: 40 } as const;
/** The same, of a service that is to run this revision. */
const broken = (code: string, revision: number) => ({
  ...held(code, { kind: 'deployment', revision: brokenRevision, from: 0, until: 1 }),
  invocations: held(code).invocations.map((one) => ({ ...one, taskDefinition: `buywhere-api:${revision}` })),
});
/** A run that adds tasks after 100 s and waits for them in vain, as it says afterwards. */
const inVain = (reasons: Reason[], ...troubles: Trouble[]) => ({
  incident: { ...recording().incident, troubles },
  invocations: [
    invocation('scale-out', 'emergency-scaling', { startedAt: at(100) }),
    invocation('wait-verify', 'emergency-scaling', {
      goal: 'recovered',
      startedAt: at(600),
      result: { state: 'failed', reasons },
    }),
  ],
});
const few = because('tasks-run', { running: 4, wanted: 8 });
const stopped = (reason: string) => because('task-stopped', { count: 2, reason });
const critical = because('metric-critical', { metric: 'cpuPercent', value: 95 });

/** A plan that waits for what is in the way, and a notice so many seconds after it. */
const inTheWay = (seconds?: number, plan: object = {}, kind = 'escalated') => {
  const decided = invocation('plan', 'emergency-scaling', {
    endedAt: at(101),
    result: { action: 'relieve-pool', tell: true, waits: true, dryRun: false, ...plan },
  });
  return {
    invocations: [
      decided,
      ...(seconds === undefined
        ? []
        : [invocation('notify', 'emergency-scaling', { kind, stateEntry: 3, startedAt: at(101 + seconds) })]),
    ],
  };
};

export const planningCases: Case[] = [
  {
    checker: '36 what is in the way is told',
    wrong: inTheWay(),
    says: /relieve-pool, and people are not told/,
    right: inTheWay(0),
    excused: [
      inTheWay(120),
      inTheWay(undefined, { tell: false }),
      inTheWay(undefined, { waits: false }),
      inTheWay(undefined, { dryRun: true }),
      { ...inTheWay(), stopped: new Map([['emergency-scaling', at(110)]]) },
      { invocations: [...inTheWay().invocations, ...inTheWay(0).invocations] },
    ],
  },
  {
    checker: '36 what is in the way is told',
    wrong: inTheWay(121),
    says: /people are not told/,
    right: inTheWay(30),
  },
  {
    checker: '36 what is in the way is told',
    wrong: inTheWay(0, {}, 'scaled'),
    says: /people are not told/,
    right: inTheWay(0),
  },
  {
    checker: '9 ok raises nothing',
    wrong: decides(metrics({ cpuPercent: 'ok', latencyP99Seconds: 'ok' })),
    says: /3 → 8 is planned, but every metric is ok/,
    right: decides(metrics({ cpuPercent: 'ok', latencyP99Seconds: 'warning' })),
    excused: [
      decides(metrics({ cpuPercent: 'ok' }), { action: 'none' }),
      // An alert of Prometheus is ahead of CloudWatch's points.
      decides(metrics({ cpuPercent: 'ok' }), { request: { firingSince: '2026-10-02T17:00:00.000Z' } }),
      // A person's word is enough.
      decides(metrics({ cpuPercent: 'ok' }), { request: { scaleOut: true, source: 'console' } }),
    ],
  },
  {
    checker: '9 ok raises nothing',
    wrong: secondRound(700, 700),
    says: /every metric is ok/,
    right: secondRound(400, 700),
    // The first plan was made without the rate.
    excused: [secondRound(Number.NaN, 700)],
  },
  {
    checker: '9 ok raises nothing',
    wrong: secondRound(400, 700, 'watch'),
    says: /every metric is ok/,
    right: secondRound(400, 700),
  },
  {
    checker: '16 failing tasks get no company',
    wrong: decides(failing(2), ofRun),
    says: /is planned, but 2 tasks that were asked for since have failed/,
    right: decides(failing(1), ofRun),
    excused: [
      decides(failing(2), { ...ofRun, ...holds }),
      decides(failing(2, 'reclaimed'), ofRun),
      decides(failing(2, 'ran-and-failed', new Date(at(-1)).toISOString()), ofRun),
    ],
  },
  {
    checker: '41 only failing starts hold a run',
    wrong: held('tasks-cannot-start', { kind: 'spot-reclaim', tasks: 2, from: 50, until: 51 }),
    says: /tasks are said not to start, and nothing kept them from it/,
    right: held('tasks-cannot-start', noImage),
    excused: [held('rate-carried', noCapacity)],
  },
  {
    checker: '41 only failing starts hold a run',
    // Old answers alone keep no task from starting.
    wrong: { ...held('new-tasks-fail'), incident: { ...recording().incident, faults: [lag] } },
    says: /nothing kept them from it/,
    right: held('new-tasks-fail', noCapacity),
  },
  {
    checker: '41 only failing starts hold a run',
    wrong: broken('new-tasks-fail', 42),
    says: /nothing kept them from it/,
    right: broken('new-tasks-fail', brokenRevision),
    excused: [
      {
        ...broken('new-tasks-fail', 42),
        incident: { ...broken('new-tasks-fail', 42).incident, faults: [lag] },
      },
    ],
  },
  {
    checker: '41 only failing starts hold a run',
    wrong: held('new-tasks-fail', { ...noImage, from: -2000, until: -1000 }),
    says: /nothing kept them/,
    right: held('new-tasks-fail', noCapacity),
    // It ended so lately that ECS has not tried again.
    excused: [held('new-tasks-fail', { ...noImage, from: -200, until: -100 })],
  },
  {
    checker: '35 pool first',
    wrong: decides(metrics({ cpuPercent: 'critical', dbPoolPercent: 'critical' })),
    says: /is planned, but dbPoolPercent is critical/,
    right: decides(metrics({ cpuPercent: 'critical', dbPoolPercent: 'warning' })),
    excused: [decides(metrics({ dbPoolPercent: 'critical' }), holds)],
  },
  {
    checker: '35 pool first',
    wrong: decides(metrics({ cpuPercent: 'critical', pgbouncerPoolPercent: 'critical' })),
    says: /is planned, but pgbouncerPoolPercent is critical/,
    right: decides(metrics({ cpuPercent: 'critical', pgbouncerPoolPercent: 'ok' })),
  },
  {
    checker: '36 dependency first',
    wrong: decides(upstream('high')),
    says: /is planned, but the cause is the API.s own health check says database down/,
    right: decides(upstream('low')),
    excused: [decides(upstream('high'), holds)],
  },
  {
    checker: '37 what is down is named',
    wrong: assessed('unclear', 'redis'),
    says: /redis is down, and the cause is called unclear/,
    right: assessed('upstream-failure', 'redis'),
    excused: [assessed('unclear')],
  },
  {
    checker: '14 tasks that cannot start are explained',
    wrong: inVain([few], noCapacity),
    says: /it does not say why: 4 of 8 tasks run/,
    right: inVain(
      [few, because('ecs-event', { message: "you've reached the limit on the number of vCPUs" })],
      noCapacity,
    ),
    excused: [
      inVain([because('tasks-run', { running: 8, wanted: 8 }), critical], noCapacity),
      inVain([few]),
      // Either of the two may be the reason.
      inVain([few], noCapacity, noImage),
      inVain([few], { ...noCapacity, from: 101 }),
      inVain([few], { ...noCapacity, until: 599 }),
    ],
  },
  {
    checker: '14 tasks that cannot start are explained',
    wrong: inVain([few, stopped('vCPU')], noImage),
    says: /it does not say why/,
    right: inVain([few, stopped('CannotPullContainerError: image not found')], noImage),
    excused: [inVain([few, because('stops-unknown', { why: 'ECS tasks: Rate exceeded' })], noImage)],
  },
  {
    // The API went down after the tasks were asked for, and those that had started are taken away first.
    checker: '14 tasks that cannot start are explained',
    wrong: inVain([few], noImage, { ...apiDown, from: 300 }),
    says: /it does not say why/,
    right: inVain(
      [few, because('tasks-lost', { kind: 'killed-by-health-checks', count: 9, reason: 'ELB' })],
      noImage,
      { ...apiDown, from: 300 },
    ),
  },
  {
    checker: '14 tasks that cannot start are explained',
    wrong: inVain(
      [few, because('tasks-lost', { kind: 'killed-by-health-checks', count: 9, reason: 'ELB' })],
      noImage,
      { ...apiDown, from: 20, until: 90 },
    ),
    says: /it does not say why/,
    right: inVain([few, stopped('CannotPullContainerError')], noImage, { ...apiDown, from: 20, until: 90 }),
  },
];
