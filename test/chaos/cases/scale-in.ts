import { chaosConfig } from '../../../chaos/generate/config.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import { production, serviceName } from '../../support/builders.ts';
import { at, type Case, invocation, recording, write } from '../recordings.ts';

const cooldown = production.timing.calm.forSeconds;
const scaleIn = (seconds: number) => invocation('scale-in', 'scale-in', { startedAt: at(seconds) });
const step = (from: number, to: number, seconds = 100) =>
  write(scaleIn(seconds), { desired: from }, { desired: to }, { at: at(seconds), issuedAt: at(seconds) });
const check = (seconds: number, part = {}) =>
  invocation('wait-verify', 'scale-in', {
    goal: 'step',
    startedAt: at(seconds),
    endedAt: at(seconds + 1),
    result: { state: 'reached' },
    ...part,
  });
const blind = {
  ...recording().incident,
  troubles: [{ kind: 'metric-fault', metric: 'CPUUtilization', fault: 'nan', from: 0, until: 4000 }] as const,
};

const blindAndLate = (late: string) => ({
  ...blind,
  faults: [{ kind: 'clock' as const, function: late, offsetSeconds: -300 }],
});
const blindAndFrozen = {
  ...blind,
  troubles: [
    ...blind.troubles,
    { kind: 'metric-fault', metric: 'CPUUtilization', fault: 'frozen', from: 0, until: 4000 },
  ] as const,
};

/** Where requests are neither counted nor timed; a NaN is more than nothing. */
const silent = (fault: 'missing' | 'zero' | 'nan') => ({
  ...blind,
  troubles: [
    { kind: 'metric-fault', metric: 'RequestCount', fault, from: 0, until: 4000 },
    { kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'nan', from: 0, until: 4000 },
  ] as const,
});

const zeros = {
  ...blind,
  troubles: [
    { kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'zero', from: 0, until: 4000 },
  ] as const,
};

const shortHistogram = {
  ...blind,
  troubles: [{ kind: 'monitoring-fault', fault: 'last-bucket', from: 0, until: 4000 }] as const,
};
const p99 = (value: number | undefined, level: string, source = 'Prometheus') =>
  invocation('assess', 'emergency-scaling', {
    result: { metrics: { latencyP99Seconds: { value, level, source } } },
  });

const loudNeighbour = {
  ...blind,
  troubles: [
    {
      kind: 'neighbour',
      requestsPerMinute: 900,
      targetErrorsPerMinute: 200,
      errorsPerMinute: 100_000,
      from: 0,
      until: 4000,
    },
  ] as const,
};
const errors = (value: number) =>
  invocation('assess', 'emergency-scaling', { result: { metrics: { errorRatePercent: { value } } } });

const cloudwatchOnly = serviceConfig(chaosConfig('production', false), serviceName);

const plan = {
  hash: 'abc',
  desired: { from: 8, to: 3 },
  bounds: { from: { max: 20 }, to: { max: 10 } },
  cpuPolicy: { from: 50, to: 70 },
};
const approval = {
  id: 'a1',
  execution: 'scale-in',
  plan,
  expiresAt: '2026-10-02T18:00:00.000Z',
  decisions: ['DevOps Lead (Bolt)', 'Infrastructure'].map((by) => ({
    by,
    decision: 'approved',
    at: '2026-10-02T17:01:00.000Z',
  })),
};
const answers = approval.decisions.map(({ by }) => ({
  at: at(60),
  approvalId: 'a1',
  approver: by,
  decision: 'approved' as const,
}));
const approvedWrite = (asked: object, written = plan) =>
  write(
    invocation('scale-in', 'scale-in', { document: { incident: { lockNumber: 1 }, plan: written } }),
    { desired: 8 },
    { desired: 6 },
    { approvals: [asked] },
  );

const personLowers = write(undefined, { desired: 8 }, { desired: 1 }, { at: at(70), who: 'person' });
const clampRaises = write(
  invocation('register-target', 'emergency-scaling', {
    operations: [{ name: 'ecs:DescribeServices', at: at(60) }],
  }),
  { desired: 1 },
  { desired: 2 },
  { who: 'application-autoscaling' },
);

const personRaisesMin = write(undefined, { min: 1 }, { min: 4 }, { at: at(70), who: 'person' });
const raiseMin = (read: number) =>
  write(
    invocation('register-target', 'emergency-scaling', {
      operations: [{ name: 'application-autoscaling:DescribeScalableTargets', at: at(read) }],
    }),
    { min: 4 },
    { min: 2 },
  );

/** A person sets 3 → 7, then `scale-out` reads the service and sets this. */
const personBefore = (to: number) => ({
  writes: [
    write(undefined, { desired: 3 }, { desired: 7 }, { who: 'person', at: at(90), issuedAt: at(90) }),
    write(
      invocation('scale-out', 'emergency-scaling', {
        operations: [{ name: 'ecs:DescribeServices', at: at(95) }],
      }),
      { desired: 7 },
      { desired: to },
    ),
  ],
});

/** All in one moment: a bound cuts the count, the policy is written, and a step goes down from where it was cut to. */
const oneMoment = (policyFirst: boolean) => {
  const moment = { at: at(100), issuedAt: at(100) };
  const cut = write(undefined, { desired: 20 }, { desired: 16 }, moment);
  const policy = write(invocation('put-policy', 'scale-in'), { policies: [] }, { policies: [1] }, moment);
  const operations = [{ name: 'ecs:DescribeServices', at: at(100) }];
  const down = write(
    invocation('scale-in', 'scale-in', { operations }),
    { desired: 16 },
    { desired: 12 },
    moment,
  );
  return { writes: policyFirst ? [policy, cut, down] : [cut, policy, down] };
};

export const scaleInCases: Case[] = [
  {
    checker: '2 small steps',
    wrong: oneMoment(true),
    says: /too large a step/,
    right: oneMoment(false),
  },
  {
    checker: '2 small steps',
    wrong: { writes: [step(8, 5)] },
    says: /too large a step/,
    right: { writes: [step(8, 6)] },
  },
  {
    checker: '2 small steps',
    wrong: { writes: [step(8, 6), step(6, 5, 100 + cooldown - 1)], invocations: [check(200)] },
    says: /s after the last step/,
    right: { writes: [step(8, 6), step(6, 5, 100 + cooldown)], invocations: [check(200)] },
  },
  {
    checker: '2 small steps',
    wrong: { writes: [step(8, 6), step(6, 5, 100 + cooldown)], invocations: [check(50)] },
    says: /no check since the last step/,
    right: { writes: [step(8, 6), step(6, 5, 100 + cooldown)], invocations: [check(200)] },
  },
  {
    // A person asked for seven a few seconds before the read, and ECS shows it only later.
    checker: '2 small steps',
    wrong: personBefore(4),
    says: /too large a step/,
    right: personBefore(6),
    excused: [
      { ...personBefore(4), incident: { ...recording().incident, faults: [{ kind: 'lag', seconds: 10 }] } },
    ],
  },
  {
    checker: '4 unknown blocks scale-in',
    wrong: { incident: blind, service: cloudwatchOnly, writes: [step(8, 6, 600)] },
    says: /a needed metric is unknown/,
    right: {
      incident: blind,
      service: cloudwatchOnly,
      invocations: [check(600, { result: { state: 'waiting' } })],
    },
  },
  {
    checker: '4 unknown blocks scale-in',
    wrong: { incident: blind, service: cloudwatchOnly, invocations: [check(600)] },
    says: /takes an unknown metric for ok/,
    right: {
      incident: blind,
      service: cloudwatchOnly,
      invocations: [check(600, { result: { state: 'waiting' } })],
    },
    // Frozen as well: the last value is what can be seen.
    excused: [
      { incident: blindAndFrozen, service: cloudwatchOnly, invocations: [check(600)] },
      // As if nobody asked for anything.
      { incident: silent('missing'), service: cloudwatchOnly, invocations: [check(600)] },
      { incident: silent('zero'), service: cloudwatchOnly, invocations: [check(600)] },
      // To a function whose clock is behind, the last point is not old.
      { incident: blindAndLate('wait-verify'), service: cloudwatchOnly, invocations: [check(600)] },
    ],
  },
  {
    checker: '4 unknown blocks scale-in',
    wrong: { incident: silent('nan'), service: cloudwatchOnly, invocations: [check(600)] },
    says: /takes an unknown metric for ok/,
    right: {
      incident: silent('nan'),
      service: cloudwatchOnly,
      invocations: [check(600, { result: { state: 'waiting' } })],
    },
  },
  {
    // The clock of a function that does not look explains nothing.
    checker: '4 unknown blocks scale-in',
    wrong: { incident: blindAndLate('watch-executions'), service: cloudwatchOnly, invocations: [check(600)] },
    says: /takes an unknown metric for ok/,
    right: {
      incident: blindAndLate('watch-executions'),
      service: cloudwatchOnly,
      invocations: [check(600, { result: { state: 'waiting' } })],
    },
  },
  {
    checker: '4 no scale-in while deploying',
    wrong: { writes: [{ ...step(8, 6, 600), deployingSince: at(300) }] },
    says: /a deployment is running since/,
    right: { writes: [{ ...step(8, 6, 600), deployingSince: at(595) }] },
  },
  {
    checker: '4 no scale-in while deploying',
    wrong: { invocations: [check(600, { deployingSince: at(300) })] },
    says: /goes on with a deployment running/,
    right: { invocations: [check(600, { deployingSince: at(300), result: { state: 'waiting' } })] },
  },
  {
    checker: '12 reductions are approved',
    wrong: { answers, writes: [approvedWrite(approval, { ...plan, hash: 'other' })] },
    says: /no approval of other/,
    right: { answers, writes: [approvedWrite(approval)] },
  },
  {
    checker: '12 reductions are approved',
    wrong: { answers: answers.slice(1), writes: [approvedWrite(approval)] },
    says: /no approval of abc/,
    right: { answers, writes: [approvedWrite(approval)] },
    // A person lowered the count after the step had read it; registering the target raises it to the minimum.
    excused: [{ writes: [personLowers, clampRaises] }],
  },
  {
    checker: '12 reductions are approved',
    // What a person sets between a step's read and its write, nobody can see.
    wrong: { writes: [personRaisesMin, raiseMin(80)] },
    says: /no approval.*min 4 → 2/,
    right: { answers, writes: [approvedWrite(approval)] },
    excused: [{ writes: [personRaisesMin, raiseMin(60)] }],
  },
  {
    checker: '12 reductions are approved',
    wrong: { answers, writes: [approvedWrite({ ...approval, expiresAt: '2026-10-02T17:00:30.000Z' })] },
    says: /no approval of abc/,
    right: { answers, writes: [approvedWrite(approval)] },
  },
  {
    checker: '60 a lower bound is no value',
    wrong: { incident: shortHistogram, invocations: [p99(1, 'ok')] },
    says: /latencyP99Seconds counts with the bound of its last bucket/,
    right: { incident: shortHistogram, invocations: [p99(undefined, 'unknown'), p99(4, 'critical')] },
    excused: [{ incident: shortHistogram, invocations: [p99(1, 'ok', 'CloudWatch')] }],
  },
  {
    checker: '48 zeros are no values',
    wrong: { incident: zeros, invocations: [p99(0, 'ok')] },
    says: /latencyP99Seconds counts with a zero/,
    right: { incident: zeros, invocations: [p99(undefined, 'unknown'), p99(0.2, 'ok')] },
  },
  {
    checker: '47 errors of neighbours are not ours',
    wrong: { incident: loudNeighbour, invocations: [errors(99)] },
    says: /an error rate of 99 % is the neighbour's/,
    right: { incident: loudNeighbour, invocations: [errors(0)] },
  },
];
