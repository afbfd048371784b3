import { at, type Case, execution, invocation, recording, settings, through, write } from '../recordings.ts';

const ended = (...parts: Parameters<typeof execution>[1][]) => ({
  executions: parts.map((part) => execution('scale-in', part)),
});
const recovered = through('Recovered');
const green = (output: object, running = 8) => ({
  ends: [
    {
      execution: execution('emergency-scaling', { history: recovered, output: { ...output } }),
      at: at(600),
      settings: settings({ running }),
      lock: undefined,
    },
  ],
});
/** A run for the pools that ended green, and what the product has written. */
const ofPools = (last: string, ...calls: string[]) => ({
  ends: [
    {
      execution: execution('pgbouncer-emergency', { history: through(last) }),
      at: at(600),
      settings: settings({}),
      lock: undefined,
    },
  ],
  writes: calls.map((call) => ({
    ...write(
      { ...invocation('tune-pools', 'pgbouncer-emergency'), execution: 'pgbouncer-emergency' },
      {},
      {},
    ),
    call,
  })),
});
const verified = { plan: { desired: { to: 8 } }, verification: { state: 'reached' } };
const faulty = (part: object) => ({
  faultyInputs: new Set(['scale-in']),
  executions: [execution('scale-in', { status: 'FAILED', error: 'InvalidInputError', ...part })],
});
const channelFailed = (result: object, history = through('notify', 'Assess'), part: object = {}) => ({
  executions: [execution('emergency-scaling', { history, ...part })],
  invocations: [
    invocation('notify', 'emergency-scaling', {
      endedAt: at(101),
      result,
      operations: [{ name: 'sns:Publish', at: at(100), error: 'AuthorizationError' }],
    }),
  ],
});
const notGoneOn = (part: object = {}) =>
  channelFailed({ failed: [{ channel: 'sns' }] }, through('notify'), part);
const held = (...kinds: string[]) => ({
  ...ended({ status: 'FAILED', error: 'Held' }),
  invocations: kinds.map((kind) => invocation('notify', 'scale-in', { kind })),
});

/** A run that is held with these reasons, after a check that asked for more and a plan to escalate. */
const heldWith = (code: string, part: object = {}) => ({
  invocations: [
    invocation('wait-verify', 'emergency-scaling', {
      result: { state: 'more', reasons: [{ code: 'traffic-grew' }] },
      execution: 'emergency-scaling',
    }),
    invocation('plan', 'emergency-scaling', {
      result: { action: 'escalate', reasons: [{ code: 'dependency-failed' }] },
      execution: 'emergency-scaling',
    }),
    {
      ...invocation('close-incident', 'emergency-scaling', {
        result: { reasons: [{ code }] },
        execution: 'emergency-scaling',
      }),
      event: { outcome: 'held', document: part },
    },
  ],
});

export const endingCases: Case[] = [
  {
    checker: '20 held says why',
    wrong: heldWith('traffic-grew'),
    says: /held, and dependency-failed of plan is not said/,
    right: heldWith('dependency-failed'),
    excused: [heldWith('traffic-grew', { failure: { Error: 'x' } })],
  },
  {
    checker: '20 ends say words',
    wrong: ended({ status: 'FAILED', cause: 'guard: [object Object]; [object Object]' }),
    says: /scale-in ends, and says \[object Object\]/,
    right: ended({ status: 'FAILED', cause: 'guard: max 9 is below the 12 desired tasks' }),
  },
  {
    checker: '20 ends say words',
    wrong: ended({ output: { outcome: { summary: 'undefined → 9' } } }),
    says: /says undefined/,
    right: ended({ output: { outcome: { summary: '3 → 9' } } }),
  },
  {
    checker: '18 named ends',
    wrong: ended({ status: 'RUNNING', history: through('Wait for calm') }),
    says: /still running: scale-in RUNNING in "Wait for calm"/,
    right: ended({ history: through('Restored') }),
  },
  {
    checker: '18 named ends',
    wrong: ended({ status: 'FAILED', error: 'States.Runtime', history: through('Plan the way back') }),
    says: /no named end/,
    right: ended({ status: 'FAILED', error: 'Held', history: through('Held') }),
  },
  {
    checker: '18 named ends',
    wrong: ended({ status: 'TIMED_OUT', history: through('Wait for calm') }),
    says: /no end within its deadline/,
    right: ended({ history: through('Restored') }),
  },
  {
    checker: '18 named ends',
    wrong: ended({ status: 'ABORTED' }),
    says: /aborted by nobody/,
    right: { ...ended({ status: 'ABORTED' }), stopped: new Map([['scale-in', at(50)]]) },
  },
  {
    checker: '18 named ends',
    wrong: { over: false },
    says: /did not come to its end in time/,
    right: ended({ history: through('Restored') }),
  },
  {
    checker: '18 green means good',
    wrong: green({ ...verified, failure: { Error: 'ValidationException' } }),
    says: /after ValidationException/,
    right: green(verified),
  },
  {
    checker: '18 green means good',
    wrong: green(verified, 5),
    says: /with 5 of 8 tasks/,
    right: green(verified),
    excused: [
      {
        ...green(verified, 5),
        incident: { ...recording().incident, faults: [{ kind: 'lag' as const, seconds: 40 }] },
      },
    ],
  },
  {
    checker: '18 green means good',
    wrong: green({ plan: { action: 'scale-out', desired: { to: 8 } } }),
    says: /unverified/,
    right: green({ plan: { action: 'none' } }),
  },
  {
    checker: '18 green means good',
    wrong: ofPools('Raised'),
    says: /ended in "Raised", but no pool was raised/,
    right: ofPools('Raised', 'pgbouncer:SET'),
  },
  {
    checker: '18 green means good',
    wrong: ofPools('Nothing to raise', 'pgbouncer:SET'),
    says: /ended in "Nothing to raise", but .*tune-pools/,
    right: ofPools('Nothing to raise'),
  },
  {
    checker: '17 faulty input refused',
    wrong: {
      ...faulty({}),
      writes: [write(invocation('scale-in', 'scale-in'), { desired: 8 }, { desired: 6 })],
    },
    says: /faulty input, and then/,
    right: faulty({}),
  },
  {
    checker: '17 faulty input refused',
    wrong: { ...faulty({}), invocations: [invocation('assess', 'scale-in')] },
    says: /faulty input went on to assess/,
    right: faulty({}),
  },
  {
    checker: '17 faulty input refused',
    wrong: faulty({ status: 'SUCCEEDED', error: undefined }),
    says: /faulty input ended as SUCCEEDED/,
    right: faulty({}),
  },
  {
    checker: '19 notices stop nothing',
    wrong: channelFailed({ sent: [] }),
    says: /a channel failed, and the result does not say so/,
    right: channelFailed({ failed: [{ channel: 'sns', error: 'down' }] }),
  },
  {
    checker: '19 notices stop nothing',
    wrong: channelFailed({ failed: [{ channel: 'sns' }] }, through('notify')),
    says: /the run did not go on/,
    right: channelFailed({ failed: [{ channel: 'sns' }] }),
    excused: [
      // Stopped itself, or with the run that waits for it.
      { ...notGoneOn(), stopped: new Map([['emergency-scaling', at(101)]]) },
      { ...notGoneOn({ parentArn: 'parent' }), stopped: new Map([['parent', at(101)]]) },
    ],
  },
  {
    checker: '18 held and alerted',
    wrong: held('started'),
    says: /held, and nobody was told/,
    right: held('started', 'held'),
  },
];
