import { brokenRevision } from '../../../chaos/generate/revisions.ts';
import type { Recording } from '../../../chaos/record/recording.ts';
import { at, type Case, execution, invocation, person, recording, settings, write } from '../recordings.ts';

const planned = (to: number) => ({ incident: { lockNumber: 1 }, plan: { desired: { to } } });
const scaleOut = invocation('scale-out', 'emergency-scaling', { document: planned(8) });
const register = invocation('register-target', 'emergency-scaling');
const scaleIn = invocation('scale-in', 'scale-in');
const rollback = invocation('rollback', 'rollback');
/** A rollback that a run asked for. */
const ownRollback = invocation('rollback', 'rollback', { document: { request: { startedBy: 'arn:run' } } });
/** The same, where tasks of the release kept failing. */
const convicting = invocation('rollback', 'rollback', {
  document: { request: { startedBy: 'arn:run', reasons: [{ code: 'release-fails' }] } },
});
/** A function that has just looked. */
const looked = (name: string, call: string) =>
  invocation(name, name === 'rollback' ? 'rollback' : 'scale-in', {
    operations: [{ name: call, at: at(100) }],
  });
const minOf = (min: number) => ({ desired: 3, bounds: { min, max: 20 } });
const definition = (number: number) => ({ taskDefinition: `buywhere-api:${number}` });
const suspended = (dynamicScalingIn: boolean) => ({
  dynamicScalingIn,
  dynamicScalingOut: false,
  scheduledScaling: false,
});

/** A plan for a service of which no task runs, because those of the release exit. */
const dead = (action: string, part: object = {}, count = 2) => ({
  ...invocation('plan', 'emergency-scaling', {
    direction: 'out',
    document: {
      assessment: {
        service: { running: 0, taskDefinition: 'x:45', releasedAt: new Date(at(0)).toISOString(), ...part },
        stoppedTasks: [
          {
            kind: 'ran-and-failed',
            taskDefinition: 'x:45',
            asked: Array(count).fill(new Date(at(60)).toISOString()),
          },
        ],
      },
    },
    result: { action },
  }),
  taskDefinition: `x:${brokenRevision}`,
});
/** A rollback that deploys at a service of which half may be taken away meanwhile. */
function deployedAtHalf(
  {
    level = 'critical',
    rollbackTo = 'automatic',
    action = 'previous-task-definition',
    seen = 8,
    running = 8,
  } = {},
  more: Recording['incident']['faults'] = [],
): Partial<Recording> {
  const assessment = { metrics: { errorRatePercent: { level } }, service: { running: seen } };
  const by = invocation('rollback', 'rollback', {
    document: { request: { rollbackTo }, assessment },
    result: { action },
  });
  const faults = [{ kind: 'minimum-healthy' as const, percent: 50 }, ...more];
  return {
    incident: { ...recording().incident, faults },
    writes: [write(by, definition(43), definition(42), { after: settings({ running }) })],
  };
}

const back = (from: number, to: number, seconds = 100, rollbackTo = 'automatic') =>
  write(
    invocation('rollback', 'rollback', { document: { request: { rollbackTo } } }),
    definition(from),
    definition(to),
    { at: at(seconds) },
  );
const oldBounds = {
  ...{ kind: 'stale' as const, call: 'application-autoscaling:DescribeScalableTargets' },
  ...{ at: { atSeconds: 100 }, forSeconds: 15, ageSeconds: 20 },
};

export const capacityCases: Case[] = [
  {
    checker: '1 floor and ceiling',
    wrong: { writes: [write(scaleIn, { desired: 4 }, { desired: 0 })] },
    says: /below the floor of 1/,
    right: { writes: [write(scaleIn, { desired: 4 }, { desired: 3 })] },
  },
  {
    checker: '1 floor and ceiling',
    wrong: { writes: [write(scaleOut, { desired: 8 }, { desired: 999 })] },
    says: /above the ceiling/,
    right: { writes: [write(scaleOut, { desired: 8 }, { desired: 20 })] },
  },
  {
    checker: '1 floor and ceiling',
    wrong: { writes: [write(register, { max: 10 }, { max: 999 })] },
    says: /max above/,
    right: { writes: [write(register, { max: 10 }, { max: 20 })] },
    // A person's max of 22 was lowered between the last look at it and the write.
    excused: [
      {
        writes: [
          write(undefined, { max: 22 }, { max: 20 }, { at: at(100) }),
          write(
            looked('register-target', 'application-autoscaling:DescribeScalableTargets'),
            { max: 20 },
            { max: 22 },
          ),
        ],
      },
    ],
  },
  {
    checker: '1 floor and ceiling',
    wrong: { writes: [write(scaleIn, { desired: 11 }, { desired: 9 }, { snapshot: minOf(11) })] },
    says: /below the floor of 11/,
    right: { writes: [write(scaleIn, { desired: 12 }, { desired: 11 }, { snapshot: minOf(11) })] },
    // An emergency's settings are no state to go back to.
    excused: [
      {
        writes: [
          write(scaleIn, { desired: 11 }, { desired: 9 }, { snapshot: { ...minOf(11), leftRaised: true } }),
        ],
      },
    ],
  },
  {
    checker: '7 absolute writes',
    wrong: { writes: [write(scaleOut, { desired: 3 }, { desired: 9 })] },
    says: /not the plan's number/,
    right: { writes: [write(scaleOut, { desired: 3 }, { desired: 8 })] },
  },
  {
    checker: '7 absolute writes',
    wrong: {
      writes: [
        write(scaleIn, { desired: 8 }, { desired: 6 }),
        write(scaleIn, { desired: 6 }, { desired: 5 }, { at: at(103) }),
      ],
    },
    says: /the repeated step did something more/,
    right: { writes: [write(scaleOut, { desired: 3 }, { desired: 8 })] },
  },
  {
    checker: 'order: bounds before count',
    wrong: { writes: [write(scaleOut, { desired: 3 }, { desired: 8 }, { after: settings({ max: 5 }) })] },
    says: /max is 5/,
    right: { writes: [write(scaleOut, { desired: 3 }, { desired: 8 })] },
  },
  {
    checker: 'order: bounds before count',
    wrong: {
      writes: [
        write(scaleOut, { desired: 3 }, { desired: 8 }, { after: settings({ suspended: suspended(false) }) }),
      ],
    },
    says: /autoscaling may scale in meanwhile/,
    right: { writes: [write(scaleOut, { desired: 3 }, { desired: 8 })] },
    excused: [
      {
        // The bounds that it was shown were older ones.
        incident: { ...recording().incident, faults: [oldBounds] },
        writes: [
          write(
            scaleOut,
            { desired: 3 },
            { desired: 8 },
            { after: settings({ suspended: suspended(false) }) },
          ),
        ],
      },
    ],
  },
  {
    checker: '11 rollback keeps capacity',
    wrong: { writes: [write(rollback, { desired: 8 }, { desired: 5 }, { firing: ['api-HighCPU'] })] },
    says: /api-HighCPU fires/,
    right: {
      writes: [write(rollback, { desired: 8 }, { desired: 5 }, { firing: ['TargetTracking-AlarmLow'] })],
    },
  },
  {
    checker: '43 only the guilty is rolled back',
    wrong: { writes: [write(ownRollback, definition(42), definition(41))] },
    says: /buywhere-api:42 was good/,
    right: { writes: [write(ownRollback, definition(43), definition(42))] },
    excused: [
      { writes: [write(rollback, definition(42), definition(41))] },
      // A person deployed the good one between the last look and the write.
      {
        writes: [
          write(undefined, definition(43), definition(42)),
          write(
            { ...ownRollback, ...looked('rollback', 'ecs:DescribeServices'), event: ownRollback.event },
            definition(42),
            definition(41),
          ),
        ],
      },
      ...(
        [
          { kind: 'crash-loop', exitsAfterSeconds: 5, from: 0, until: 900 },
          { kind: 'api-down', from: 0, until: 900 },
          { kind: 'out-of-memory', tasks: 2, from: 500, until: 501 },
        ] as const
      ).map((trouble) => ({
        writes: [write(convicting, definition(44), definition(42))],
        incident: { ...recording().incident, troubles: [trouble] },
      })),
    ],
  },
  {
    checker: '16 a dead release is taken back',
    wrong: { invocations: [dead('hold')] },
    says: /no task runs, those of the release exit, and the plan is to hold/,
    right: { invocations: [dead('roll-back')] },
    excused: [
      { invocations: [dead('escalate')] },
      { invocations: [dead('hold', { running: 1 })] },
      { invocations: [dead('hold', {}, 1)] },
      { invocations: [dead('hold', { releasedAt: new Date(at(90)).toISOString() })] },
    ],
  },
  {
    checker: '11 rollback takes no tasks',
    wrong: deployedAtHalf(),
    says: /buywhere-api:43 → buywhere-api:42 may leave 4 of 8/,
    right: deployedAtHalf({ running: 4 }),
    excused: [
      deployedAtHalf({ rollbackTo: 'previous-task-definition' }),
      deployedAtHalf({ action: 'stop-deployment' }),
      deployedAtHalf({ seen: 4 }),
      deployedAtHalf({ level: 'ok' }),
      deployedAtHalf({}, [{ kind: 'lag', seconds: 15 }]),
      { ...deployedAtHalf(), incident: { ...recording().incident, faults: [] } },
    ],
  },
  {
    checker: '11 rollback stays back',
    wrong: { writes: [back(42, 41), back(41, 42, 200)] },
    says: /taskDefinition .*then/,
    right: { writes: [back(42, 41)] },
    excused: [
      // A person asked for one of the two.
      { writes: [back(42, 41, 100, 'previous-task-definition'), back(41, 42, 200)] },
      { writes: [back(42, 41), back(41, 42, 200, 'redeploy')] },
    ],
  },
  {
    checker: '13 a dead run keeps capacity',
    wrong: {
      stopped: new Map([['scale-in', at(50)]]),
      writes: [write(scaleIn, { desired: 8 }, { desired: 6 })],
    },
    says: /its execution was stopped before/,
    right: {
      stopped: new Map([['scale-in', at(500)]]),
      writes: [write(scaleIn, { desired: 8 }, { desired: 6 })],
    },
  },
  {
    checker: '13 a dead run keeps capacity',
    wrong: {
      writes: [
        write(register, { suspended: suspended(false) }, { suspended: suspended(true) }),
        write(undefined, { desired: 8 }, { desired: 6 }, { at: at(400) }),
      ],
    },
    says: /autoscaling undoes the scale-out/,
    excused: [
      // Whoever registers the target has the count moved into its bounds.
      {
        people: [person(300, { min: 1 }, { min: 2 })],
        writes: [
          write(register, { suspended: suspended(false) }, { suspended: suspended(true) }),
          write(undefined, { desired: 8 }, { desired: 6 }, { at: at(400) }),
        ],
      },
    ],
    right: {
      people: [person(300, { max: 6 }, { max: 20 })],
      writes: [write(register, { suspended: suspended(false) }, { suspended: suspended(true) })],
      stopped: new Map([['emergency-scaling', at(500)]]),
      executions: [execution('emergency-scaling')],
    },
  },
];
