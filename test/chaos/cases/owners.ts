import type { ChaosFault } from '../../../chaos/generate/incident.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import { machines } from '../../../shared/document/request.ts';
import { because } from '../../../shared/format/reasons.ts';
import { record } from '../../support/builders.ts';
import { at, type Case, execution, invocation, person, recording, through } from '../recordings.ts';

/** `open-incident` in a run; the execution is named after the machine and a number. */
const opens = (of: string, result: object, request: object = {}, seconds = 100) =>
  invocation('open-incident', of, {
    document: { request },
    startedAt: at(seconds),
    endedAt: at(seconds + 1),
    result: { reasons: [], ...result },
  });
const run = (arn: string, part: object = {}) => execution(machineOf(arn), { arn, name: arn, ...part });
const machineOf = (arn: string) => machines.find((machine) => arn.startsWith(machine)) ?? 'emergency-scaling';
const opened = (lockNumber: number) => ({ status: 'opened', lockNumber });
const amid = (...faults: ChaosFault[]) => ({ incident: { ...recording().incident, faults } });
const staleRead = (call: string): ChaosFault => ({
  kind: 'stale',
  call,
  at: { atSeconds: 60 },
  forSeconds: 60,
  ageSeconds: 60,
});
const lockOf = (arn: string) => ({ at: at(10), record: record({ owner: arn, machine: machineOf(arn) }) });

const twoRuns = (first: object, second: object, firstLock = 1, secondLock = 2) => ({
  invocations: [
    opens('emergency-scaling-1', opened(firstLock), first),
    opens('emergency-scaling-2', opened(secondLock), second, 700),
  ],
});

const alarms = (state: 'OK' | 'ALARM', act: boolean) => ({
  invocations: [
    invocation('intake', 'emergency-scaling', {
      result: { act },
      operations: [
        {
          name: 'cloudwatch:DescribeAlarms',
          at: at(100),
          body: { status: 200, body: JSON.stringify({ MetricAlarms: [{ StateValue: state }] }) },
        },
      ],
    }),
  ],
});

/** A run takes the second lock number while the holder of the first one is under way, or has ended. */
const ended = (lock: ReturnType<typeof lockOf>) => ({
  ...lock,
  record: { ...lock.record, outcome: 'recovered' as const },
});

const takes = (taker: string, holder: string, ended: number | undefined, request: object = {}) => ({
  executions: [run(holder, { stopDate: ended && at(ended) }), run(taker)],
  locks: [lockOf(holder)],
  invocations: [opens(taker, opened(2), request)],
});

/** Two runs for the cache, of which the first ends then. */
const relieving = (ended: number) => ({
  executions: [run('redis-emergency-1', { stopDate: at(ended) }), run('redis-emergency-2')],
  invocations: [1, 2].map((number) =>
    opens(`redis-emergency-${number}`, { ...opened(number), lock: 'cache' }),
  ),
});

const joins = (holder: string, reasons: Reason[] = []) => ({
  executions: [run(holder), run('emergency-scaling-2')],
  locks: [lockOf(holder)],
  invocations: [opens('emergency-scaling-2', { status: 'joined', reasons })],
});

const hears = (status: string, told: object[]) => ({
  invocations: [
    {
      ...invocation('watch-executions', 'a page', { result: { told } }),
      event: { detail: { status, name: 'scale-in-1' } },
    },
  ],
});

const seesPerson = {
  invocations: [invocation('scale-out', 'emergency-scaling', { error: 'ChangedByPersonError' })],
};
const events = (count: number) => ({
  executions: [
    execution('scale-in', { history: through(...Array.from({ length: count }, () => 'Wait for calm')) }),
  ],
});

const asks = (machine: string, status: string, lockNumber: number) =>
  invocation('open-incident', machine, {
    document: { request: { alert: 'HighLatencyP99' } },
    endedAt: at(50),
    result: { status, lockNumber },
  });
const joinsUnread = (action: string, code: string) => ({
  invocations: [
    asks('other', 'joined', 1),
    invocation('plan', 'emergency-scaling', {
      direction: 'out',
      document: {
        incident: { lockNumber: 1 },
        assessment: { metrics: { latencyP99Seconds: { level: 'unknown' } } },
      },
      result: { action, reasons: [{ code }] },
    }),
  ],
});
/** A run that ends as recovered, which knew of these alerts when another one joined it. */
const closes = (known: string[], goesOn?: true, own?: string) => ({
  invocations: [
    asks('other', 'joined', 1),
    {
      ...invocation('close-incident', 'emergency-scaling', {
        document: { incident: { lockNumber: 1 }, plan: { joined: known }, request: { alert: own } },
        result: { outcome: 'recovered', ...(goesOn && { goesOn }) },
      }),
    },
  ].map((one, place) =>
    place === 0 ? one : { ...one, event: { ...Object(one.event), outcome: 'recovered' } },
  ),
});
const superseded = (other: number) => ({
  executions: [execution('emergency-scaling', { error: 'Superseded' })],
  invocations: [asks('emergency-scaling', 'opened', 1), asks('other', 'opened', other)],
});

export const ownerCases: Case[] = [
  {
    checker: '5 one event, one run',
    wrong: twoRuns({ eventId: 'e1' }, { eventId: 'e1' }),
    says: /17:11:40 event e1 starts a run again/,
    right: twoRuns({ eventId: 'e1' }, { eventId: 'e2' }),
    // The same run, whose function died after it had taken the lock.
    excused: [
      {
        invocations: [1, 2].map(() => opens('emergency-scaling-1', opened(1), { eventId: 'e1' })),
      },
    ],
  },
  {
    checker: '6 late events are ignored',
    wrong: alarms('OK', true),
    says: /an event acts though its alarm is OK/,
    right: alarms('OK', false),
    excused: [
      alarms('ALARM', true),
      { ...alarms('OK', true), ...amid(staleRead('cloudwatch:DescribeAlarms')) },
    ],
  },
  {
    checker: '6 a lock number has one owner',
    wrong: twoRuns({}, {}, 1, 1),
    says: /2 runs have lock number 1/,
    right: twoRuns({}, {}, 1, 2),
    excused: [twoRuns({}, { dryRun: true }, 1, 1)],
  },
  {
    checker: '6 a live run keeps its lock',
    wrong: takes('emergency-scaling-2', 'emergency-scaling-1', 600),
    says: /emergency-scaling-2 takes the lock of emergency-scaling, which is under way/,
    right: takes('emergency-scaling-2', 'emergency-scaling-1', 90),
    excused: [
      takes('emergency-scaling-2', 'scale-in-1', 600),
      takes('emergency-scaling-2', 'configure-autoscaling-1', 600),
      takes('rollback-2', 'emergency-scaling-1', 600),
      {
        ...takes('emergency-scaling-2', 'emergency-scaling-1', 600),
        locks: [lockOf('emergency-scaling-1'), ended(lockOf('emergency-scaling-1'))],
      },
      takes('scale-in-2', 'emergency-scaling-1', 600, { startedBy: 'emergency-scaling-1' }),
      {
        ...takes('emergency-scaling-2', 'emergency-scaling-1', 600),
        ...amid(staleRead('states:DescribeExecution')),
      },
    ],
  },
  {
    checker: '6 a live run keeps its lock',
    wrong: takes('configure-autoscaling-2', 'scale-in-1', undefined),
    says: /configure-autoscaling-2 takes the lock of scale-in, which is under way/,
    right: takes('configure-autoscaling-2', 'scale-in-1', 90),
  },
  {
    checker: '40 an alarm ends a scale-in',
    wrong: joins('scale-in-1'),
    says: /an alarm joins scale-in/,
    right: joins('emergency-scaling-1'),
    excused: [joins('scale-in-1', [because('event-handled', { event: 'e1' })])],
  },
  {
    checker: '6 a live run keeps its lock',
    wrong: takes('pgbouncer-emergency-2', 'emergency-scaling-1', 600),
    says: /pgbouncer-emergency-2 takes the lock of emergency-scaling, which is under way/,
    right: takes('pgbouncer-emergency-2', 'emergency-scaling-1', 90),
    excused: [
      takes('pgbouncer-emergency-2', 'scale-in-1', 600),
      takes('emergency-scaling-2', 'pgbouncer-emergency-1', 600),
    ],
  },
  {
    checker: '6 a live run keeps its lock',
    wrong: takes('pgbouncer-emergency-2', 'pgbouncer-emergency-1', 600),
    says: /pgbouncer-emergency-2 takes the lock of pgbouncer-emergency, which is under way/,
    right: takes('pgbouncer-emergency-2', 'pgbouncer-emergency-1', 90),
  },
  {
    checker: '40 an alarm ends a scale-in',
    wrong: joins('pgbouncer-emergency-1'),
    says: /an alarm joins pgbouncer-emergency/,
    right: joins('rollback-1'),
  },
  {
    checker: '6 one run relieves a cache',
    wrong: relieving(600),
    says: /redis-emergency-2 relieves a cache that redis-emergency-1 relieves/,
    right: relieving(90),
    excused: [{ ...relieving(600), ...amid(staleRead('states:DescribeExecution')) }],
  },
  {
    checker: '40 an alarm ends a scale-in',
    wrong: joins('configure-autoscaling-1'),
    says: /an alarm joins configure-autoscaling/,
    right: joins('rollback-1'),
  },
  {
    checker: '40 an alarm ends a scale-in',
    wrong: joins('emergency-scaling-2'),
    says: /emergency-scaling-2 holds the lock and joins itself/,
    right: joins('emergency-scaling-1'),
  },
  {
    checker: '13 a stopped run is told',
    wrong: hears('ABORTED', []),
    says: /scale-in-1 ended ABORTED, and nobody was told/,
    right: hears('ABORTED', [{ kind: 'failed' }]),
    excused: [hears('FAILED', [])],
  },
  {
    checker: '13 a stopped run is told',
    wrong: hears('TIMED_OUT', []),
    says: /scale-in-1 ended TIMED_OUT, and nobody was told/,
    right: hears('TIMED_OUT', [{ kind: 'failed' }]),
  },
  {
    checker: '8 no person where there is none',
    wrong: seesPerson,
    says: /scale-out in "scale-out" sees a person's change, but nobody changed anything/,
    right: {
      invocations: [invocation('scale-out', 'emergency-scaling', { error: 'LockLostError' })],
    },
    excused: [
      { ...seesPerson, people: [person(50, { desired: 5 }, { desired: 3 })] },
      { ...seesPerson, executions: [run('configure-autoscaling-1')] },
      { ...seesPerson, goneAt: at(50) },
      { ...seesPerson, ...amid(staleRead('ecs:DescribeServices')) },
    ],
  },
  {
    checker: '31 short histories',
    wrong: events(5001),
    says: /scale-in has 5001 events/,
    right: events(5000),
  },
  {
    checker: '53 a joined alert counts',
    wrong: joinsUnread('watch', 'alert-asks-to-watch'),
    says: /HighLatencyP99 joined and its metric is unknown, but the plan is to watch/,
    right: joinsUnread('scale-out', 'alert-metric-unknown'),
    // It looks again once the service shows what this incident asked for just now.
    excused: [joinsUnread('watch', 'no-more-allowed'), joinsUnread('watch', 'run-ahead')],
  },
  {
    checker: '53 no joined alert is unseen',
    wrong: closes([]),
    says: /HighLatencyP99 had joined, and the run ends without a look at it/,
    right: closes(['HighLatencyP99']),
    // Its own alert, again, is nothing new.
    excused: [closes([], true), closes([], undefined, 'HighLatencyP99')],
  },
  {
    checker: '54 superseded by somebody',
    wrong: superseded(1),
    says: /emergency-scaling ends as superseded, but no other run has taken over/,
    right: superseded(2),
  },
];
