import { service } from '../../support/builders.ts';
import { at, type Case, execution, invocation, person, recording, through } from '../recordings.ts';

/** Looks of a run that waits for calm, each with the metric that is critical, and when. */
const waits = (metric: string, ...seconds: number[]) => ({
  invocations: seconds.map((moment) =>
    invocation('wait-verify', 'scale-in', {
      goal: 'calm',
      startedAt: at(moment),
      result: { state: 'waiting', reasons: [{ code: 'metric-critical', metric }] },
    }),
  ),
});
/** A run that planned to wait at these moments, and then ended. */
const gaveUp = (
  last: number,
  { end = 'Held', code = 'dependency-failed', step = 'close-incident' } = {},
) => ({
  executions: [execution('emergency-scaling', { history: through(end) })],
  invocations: [
    ...[0, last].map((moment) =>
      invocation('plan', 'emergency-scaling', {
        direction: 'out',
        startedAt: at(moment),
        result: { action: 'escalate', reasons: [{ code }] },
      }),
    ),
    invocation(step, 'emergency-scaling'),
  ],
});
const wentBack = (to: string, rollbackTo = 'automatic', action = 'previous-task-definition') => ({
  invocations: [
    invocation('rollback', 'rollback', {
      document: { request: { rollbackTo }, assessment: { badReleases: ['buywhere-api:43'] } },
      result: { action, to },
    }),
  ],
});
const { min, max } = service.capacity.emergency;
const suspended = { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: true };
const before = { ...recording().before, suspended: { ...suspended, dynamicScalingIn: false } };
const taken = (part: object, bounds: object = {}) => ({
  before,
  snapshots: [
    {
      at: at(100),
      key: 'snapshot/i2',
      body: { desired: 9, bounds: { min, max, suspended, ...bounds }, ...part },
    },
  ],
});

/** Runs that go on, or should: after a bad release, a lost record, and what passes by itself. */
export const goingOnCases: Case[] = [
  {
    checker: '18 affected users are helped',
    wrong: waits('errorRatePercent', 0, 300, 600, 900),
    says: /users are affected since 17:00:00, and the run still waits for calm/,
    right: waits('errorRatePercent', 0, 300, 600),
    excused: [
      waits('cpuPercent', 0, 300, 600, 900),
      // It was over in between.
      {
        invocations: [
          ...waits('latencyP99Seconds', 0, 300).invocations,
          ...waits('cpuPercent', 600).invocations,
          ...waits('latencyP99Seconds', 900).invocations,
        ],
      },
    ],
  },
  {
    checker: '36 what may pass is awaited',
    wrong: gaveUp(600),
    says: /dependency-failed, and the run gives up after 600 s/,
    right: gaveUp(1700),
    excused: [
      gaveUp(600, { end: 'Superseded' }),
      gaveUp(600, { code: 'alert-escalates' }),
      gaveUp(600, { step: 'assess' }),
    ],
  },
  {
    checker: '43 not back to a bad one',
    wrong: wentBack('arn:aws:ecs:x:1:task-definition/buywhere-api:43'),
    says: /back to buywhere-api:43, which was bad/,
    right: wentBack('buywhere-api:42'),
    excused: [
      wentBack('buywhere-api:43', 'previous-task-definition'),
      wentBack('buywhere-api:43', 'automatic', 'hold'),
    ],
  },
  {
    checker: '54 raised is not normal',
    wrong: taken({}),
    says: /snapshot\/i2 holds the settings of an emergency as the normal ones/,
    right: taken({ leftRaised: true }),
    excused: [
      taken({}, { max: max - 1 }),
      taken({}, { min: min - 1 }),
      taken({}, { suspended: before.suspended }),
      { ...taken({}), people: [person(50, { suspended }, { suspended: before.suspended })] },
      { ...taken({}), before: { ...before, suspended } },
    ],
  },
];
