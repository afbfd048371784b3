import { sandboxStart } from '../../../sandbox/sandbox.ts';
import { record } from '../../support/builders.ts';
import { at, type Case, execution, invocation, person, recording, settings, write } from '../recordings.ts';

/** A moment of the recordings, as scheduled actions count it. */
const secondsFromStart = (seconds: number) => (at(seconds) - sandboxStart.getTime()) / 1000;

const seen = (name: string, seconds: number) => ({ name, at: at(seconds) });
const services = 'ecs:DescribeServices';
const emergency = (seconds: number, ...operations: { name: string; at: number }[]) =>
  invocation('scale-out', 'emergency-scaling', { startedAt: at(seconds), operations });
const raise = (seconds: number, from: number, to: number, ...operations: { name: string; at: number }[]) =>
  write(
    emergency(seconds, ...operations),
    { desired: from },
    { desired: to },
    {
      at: at(seconds),
      issuedAt: at(seconds),
    },
  );
const meanwhile = [person(100, { desired: 5 }, { desired: 4 }, ['emergency-scaling'])];
const first = write(invocation('register-target', 'emergency-scaling'), { max: 10 }, { max: 20 });
const earlierRun = write(
  { ...emergency(50), execution: 'emergency-scaling before' },
  { desired: 3 },
  { desired: 4 },
  { at: at(50) },
);
/** Autoscaling had asked for the count that the person sets. */
const asAutoscaling = [
  write(undefined, { desired: 3 }, { desired: 5 }, { at: at(40) }),
  raise(50, 3, 4),
  raise(200, 5, 8, seen(services, 150)),
];
const assessed = (seconds: number) =>
  invocation('assess', 'emergency-scaling', { operations: [seen(services, seconds)] });
// A scale-in waits for calm: its first look, a person, its assessment, its write.
const wayBack = (part: object, function_ = 'wait-verify', seconds = 50) =>
  invocation(function_, 'scale-in', {
    startedAt: at(seconds),
    operations: [seen(services, seconds)],
    result: {},
    ...part,
  });
const lowered = write(
  invocation('scale-in', 'scale-in', { startedAt: at(200), operations: [seen(services, 190)] }),
  { desired: 8 },
  { desired: 6 },
  { at: at(200), issuedAt: at(200) },
);
const whileWaiting = (...looks: object[]) => ({
  executions: [execution('scale-in')],
  people: [person(100, { desired: 8 }, { desired: 6 }, ['scale-in'])],
  invocations: [...looks.map((look) => wayBack(look)), wayBack({}, 'assess', 180)],
  writes: [lowered],
});
const stored = (max: number) => ({ desired: 3, bounds: { min: 1, max } });
const suspended = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false };
const bounds = { min: 1, max: 10, suspended };
const restored = (part: object) => ({
  snapshots: [{ at: at(10), key: 'snapshot/i1', body: { desired: 3, bounds } }],
  before: settings(),
  ends: [
    {
      execution: execution('scale-in', {
        output: { outcome: { outcome: 'restored' }, incident: { id: 'i1' } },
      }),
      at: at(600),
      settings: settings({ ...bounds, desired: 3, ...part }),
      lock: undefined,
    },
  ],
});

const configuredBefore = [
  write(
    invocation('put-autoscaling', 'configure-autoscaling'),
    {},
    {},
    {
      at: at(5),
      lock: { ...record(), incidentId: 'earlier' },
      after: settings({ policies: [] }),
    },
  ),
  write(
    invocation('put-policy', 'emergency-scaling'),
    {},
    {},
    {
      at: at(20),
      lock: { ...record(), incidentId: 'i1' },
    },
  ),
];

const withSchedule = {
  ...recording().incident,
  faults: [{ kind: 'scheduled-action' as const, atSeconds: secondsFromStart(60), min: 1, max: 6 }],
};
const suspends = (seconds: number, dynamicScalingIn: boolean) =>
  write(
    invocation('register-target', 'emergency-scaling'),
    {},
    { suspended: { ...suspended, dynamicScalingIn } },
    { at: at(seconds) },
  );
const suspending = suspends(100, true);
const resuming = suspends(150, false);
/** The run suspends, a person sets flags meanwhile, the run sets them back. */
const flagsMeanwhile = (dynamicScalingIn: boolean) => ({
  people: [
    person(
      150,
      { suspended: { ...suspended, dynamicScalingIn } },
      { suspended: { ...suspended, dynamicScalingIn: !dynamicScalingIn } },
      ['emergency-scaling'],
    ),
  ],
  writes: [
    suspends(100, true),
    write(
      emergency(200, seen('application-autoscaling:DescribeScalableTargets', 180)),
      { suspended: { ...suspended, dynamicScalingIn } },
      { suspended: { ...suspended, dynamicScalingIn: !dynamicScalingIn } },
      { at: at(200), issuedAt: at(200) },
    ),
  ],
});
const fired = {
  ...write(undefined, { max: 20 }, { max: 6 }, { at: at(200) }),
  who: 'application-autoscaling',
  cause: 'scheduled action name evening was triggered',
};

export const settingCases: Case[] = [
  {
    checker: "8 a person's change stays",
    wrong: { people: meanwhile, writes: [raise(50, 3, 4), raise(200, 5, 8, seen(services, 150))] },
    says: /a person: .*then .*scale-out/,
    right: { people: meanwhile, writes: [raise(50, 3, 4), raise(200, 5, 8, seen(services, 90))] },
    excused: [
      // The count that autoscaling asked for last: its activities say, to who plans later, that it is its own.
      { people: meanwhile, invocations: [{ ...assessed(150), startedAt: at(150) }], writes: asAutoscaling },
      // Back to what the run itself wrote last: nobody could tell it from the run.
      {
        people: [person(100, { desired: 4 }, { desired: 5 }, ['emergency-scaling'])],
        writes: [raise(50, 3, 4), raise(200, 4, 8, seen(services, 150))],
      },
      // Another run wrote before; this one had not looked yet, and takes things as they are.
      { people: meanwhile, invocations: [assessed(150)], writes: [earlierRun, raise(200, 5, 8)] },
    ],
  },
  {
    checker: "8 a person's change stays",
    wrong: flagsMeanwhile(false),
    says: /a person: .*then .*suspended/,
    right: { ...flagsMeanwhile(false), writes: [suspends(100, true)] },
    excused: [
      flagsMeanwhile(true),
      // Another person has set it back since, to what the run had set.
      {
        ...flagsMeanwhile(false),
        people: [
          ...flagsMeanwhile(false).people,
          ...flagsMeanwhile(true).people.map((act) => ({ ...act, at: at(160) })),
        ],
      },
    ],
  },
  {
    // The plan was made before.
    checker: "8 a person's change stays",
    wrong: { people: meanwhile, invocations: [assessed(90)], writes: asAutoscaling },
    says: /a person: .*then .*scale-out/,
    right: { people: meanwhile, writes: asAutoscaling.slice(0, 2) },
  },
  {
    checker: "8 a person's change stays",
    wrong: whileWaiting({}),
    says: /a person: .*then .*scale-in/,
    right: { ...whileWaiting({}), writes: [] },
    excused: [
      // No look before the person's change, none that read everything, none that was answered.
      whileWaiting(),
      whileWaiting({ operations: [{ ...seen(services, 50), error: 'ThrottlingException' }] }),
      whileWaiting({ result: undefined }),
      // What was written before belongs to an incident that is closed.
      {
        ...whileWaiting(),
        writes: [{ ...earlierRun, lock: { ...record(), incidentId: 'earlier' } }, lowered],
      },
    ],
  },
  {
    checker: '9 snapshot before writes',
    wrong: { writes: [{ ...first, snapshot: undefined }] },
    says: /no snapshot is stored/,
    right: { writes: [{ ...first, snapshot: stored(10) }] },
  },
  {
    checker: '9 snapshot before writes',
    wrong: { writes: [{ ...first, snapshot: stored(15) }] },
    says: /the snapshot has another max/,
    right: { writes: [{ ...first, snapshot: stored(10) }] },
  },
  {
    checker: '9 snapshot before writes',
    wrong: {
      snapshots: [10, 15].map((max) => ({ at: at(max), key: 'snapshot/i1', body: stored(max) })),
    },
    says: /snapshot\/i1 was replaced/,
    right: { snapshots: [10, 10].map((max) => ({ at: at(max), key: 'snapshot/i1', body: stored(max) })) },
  },
  {
    checker: '10 restored equals snapshot',
    wrong: restored({ max: 20 }),
    says: /restored, but max is 20, was 10/,
    right: restored({}),
  },
  {
    checker: '10 restored equals snapshot',
    wrong: restored({ policies: [] }),
    says: /restored, but policies/,
    right: restored({}),
  },
  {
    // A scheduled action was due meanwhile, and the way back ends at its bounds.
    checker: '10 restored equals snapshot',
    wrong: restored({ max: 6 }),
    says: /restored, but max is 6, was 10/,
    right: { ...restored({ max: 6 }), incident: withSchedule },
  },
  {
    checker: '42 scheduled actions wait',
    wrong: { writes: [suspending, fired] },
    says: /scheduled action name evening was triggered/,
    right: { writes: [fired] },
    excused: [
      { writes: [suspending, fired], people: [person(150, { suspended }, {}, [])] },
      { writes: [suspending, resuming, fired] },
    ],
  },
  {
    // Autoscaling was configured before the incident.
    checker: '10 restored equals snapshot',
    wrong: { ...restored({}), writes: configuredBefore },
    says: /restored, but policies/,
    right: { ...restored({ policies: [] }), writes: configuredBefore },
  },
];
