import type { ObservedWrite } from '../../../chaos/record/recording.ts';
import { at, type Case, execution, invocation, settings, through, write } from '../recordings.ts';

/** One PgBouncer; PostgreSQL has room for 100 of its connections, the last one not counted. */
const incident = {
  environment: 'production' as const,
  traffic: { factor: 2, riseSeconds: 5, holdSeconds: 420 },
  troubles: [],
  approver: { answer: 'yes' as const, delaySeconds: 5 },
  taskStartSeconds: 40,
  trigger: 'alarm' as const,
  faults: [],
  dbPool: { maxConnections: 116 },
};
const pools = (size: number, reserve = 10) => [
  { default_pool_size: size, reserve_pool_size: reserve, min_pool_size: 0, max_client_conn: 100 },
];

/** A change of its pool size, by the product in a step, or by a person. */
function set(seconds: number, from: number, to: number, by: number | 'person' = seconds): ObservedWrite {
  const own =
    by === 'person'
      ? undefined
      : invocation('tune-pools', 'emergency-scaling', { startedAt: at(seconds), stateEntry: by });
  return write(
    own,
    { pools: pools(from) },
    { pools: pools(to) },
    {
      at: at(seconds),
      call: 'pgbouncer:SET',
      who: own ? 'tune-pools' : 'person',
      after: settings({ pools: pools(to) }),
    },
  );
}

/** The same write, of another incident. */
const ofIncident = (id: string, { invocation: own, ...rest }: ObservedWrite): ObservedWrite => ({
  ...rest,
  ...(own ? { invocation: { ...own, event: { document: { incident: { id, lockNumber: 2 } } } } } : {}),
});

/** Somebody restarts it. */
const restarted = (seconds: number, from: number, to: number): ObservedWrite => ({
  ...set(seconds, from, to, 'person'),
  call: 'pgbouncer:restart',
});

const restored = (size: number, seconds = 600) => [
  {
    execution: execution('scale-in', {
      output: { outcome: { outcome: 'restored', differences: [] }, incident: { id: 'incident-1' } },
    }),
    at: at(seconds),
    settings: settings({ pools: pools(size) }),
    lock: undefined,
  },
];

/** PostgreSQL lets in sixty, and the pools keep more than that open. */
const full = { ...incident, dbPool: { minPoolSize: 90, maxConnections: 60 } };
const looked = { assessment: { at: 'now' }, pools: { of: 'now' } };
/** Two more tasks, by a step that got this document. */
const scaledOut = (document: object): ObservedWrite =>
  write(invocation('scale-out', 'emergency-scaling', { document }), { desired: 3 }, { desired: 5 });

/** An earlier round, which raised them. */
const raisedBefore = ['Plan the capacity', 'Raise the pools for the tasks'];
/** A run whose plan raises a pool, and the states that it went through. */
const ahead = (...states: string[]) => ({
  invocations: [
    invocation('scale-out', 'emergency-scaling', {
      stateEntry: states.indexOf('Set the desired count') + 2,
      document: { plan: { pools: [{ setting: 'default_pool_size' }] } },
    }),
  ],
  executions: [execution('emergency-scaling', { history: through(...states) })],
});

export const poolCases: Case[] = [
  {
    checker: '22 the last slot stays free',
    wrong: { incident, writes: [set(100, 20, 91)] },
    says: /101 of 100 slots: .* SET pools \{"default_pool_size":20\} → \{"default_pool_size":91\}/,
    right: { incident, writes: [set(100, 20, 90)] },
    // What is given back is no raise, and a person may do as they like.
    excused: [
      { incident, writes: [set(100, 120, 91)] },
      { incident, writes: [set(100, 20, 91, 'person')] },
    ],
  },
  {
    checker: '22 no task without a slot',
    wrong: { incident: full, writes: [scaledOut(looked)] },
    says: /scale-out UpdateService desired 3 → 5/,
    right: { incident, writes: [scaledOut(looked)] },
    // Who could not ask the pools at this look cannot know, and a person may have made room.
    excused: [
      { incident: full, writes: [scaledOut({ ...looked, pools: { of: 'an earlier look' } })] },
      { incident: full, writes: [scaledOut({ assessment: looked.assessment })] },
      {
        incident: {
          ...full,
          faults: [{ kind: 'person', at: { atSeconds: 1 }, change: { setting: 'pool', size: 5 } }],
        },
        writes: [scaledOut(looked)],
      },
      {
        incident: { ...full, troubles: [{ kind: 'database-down', from: 0, until: 60 }] },
        writes: [scaledOut(looked)],
      },
      {
        incident: { ...full, faults: [{ kind: 'channel', channel: 'secrets', first: 1, times: 1 }] },
        writes: [scaledOut(looked)],
      },
    ],
  },
  {
    checker: '35 pools come before tasks',
    wrong: ahead(
      ...raisedBefore,
      'Plan the capacity',
      'Set the desired count',
      'Raise the pools for the tasks',
    ),
    says: /tasks are asked for before the pools are raised/,
    right: ahead('Plan the capacity', 'Raise the pools for the tasks', 'Set the desired count'),
    excused: [{ ...ahead('Set the desired count'), invocations: [] }],
  },
  {
    checker: '7 a pool is set to one value',
    wrong: { incident, writes: [set(100, 20, 40, 7), set(101, 40, 60, 7)] },
    says: /SET pools .*20.* → .*40.*; then .*40.* → .*60/,
    right: { incident, writes: [set(100, 20, 40, 7), set(101, 40, 60, 8)] },
    excused: [{ incident, writes: [set(100, 20, 40, 7), restarted(101, 40, 20), set(102, 20, 40, 7)] }],
  },
  {
    checker: "8 a person's pool size stays",
    wrong: { incident, writes: [set(100, 20, 40), set(200, 40, 33, 'person'), set(300, 33, 20)] },
    says: /17:03:20 a person; then .*33.* → .*20/,
    // What has restarted is nobody's choice.
    right: { incident, writes: [set(100, 20, 40), restarted(200, 40, 20), set(300, 20, 40)] },
    excused: [
      { incident, writes: [set(100, 20, 40), set(200, 40, 33, 'person')] },
      // A later incident finds what a person has left, as its own start.
      {
        incident,
        writes: [set(100, 20, 40), set(200, 40, 33, 'person'), ofIncident('incident-2', set(300, 33, 40))],
      },
      // Who gives it back by hand has chosen what it was.
      { incident, writes: [set(100, 20, 40), set(200, 40, 20, 'person'), set(300, 20, 40)] },
    ],
  },
  {
    checker: '10 pools are given back',
    wrong: { incident, writes: [set(100, 20, 40)], ends: restored(40) },
    says: /restored, but 0 default_pool_size/,
    right: { incident, writes: [set(100, 20, 40), set(500, 40, 20)], ends: restored(20) },
    excused: [
      { incident, writes: [set(100, 20, 40), set(200, 40, 33, 'person')], ends: restored(33) },
      { incident, writes: [set(100, 20, 40), restarted(200, 40, 20)], ends: restored(20) },
      {
        incident: { ...incident, faults: [{ kind: 'record-lost', at: { atSeconds: 1 }, idle: true }] },
        writes: [set(100, 20, 40)],
        ends: restored(40),
      },
      // Raised by a run that began after it.
      { incident, writes: [set(700, 20, 40)], ends: restored(20) },
    ],
  },
];
