import type { Operation } from '../../../chaos/record/recording.ts';
import { production } from '../../support/builders.ts';
import { at, type Case, execution, invocation, person, recording, write } from '../recordings.ts';

const operation = (name: string, seconds: number, error?: string): Operation => ({
  name,
  at: at(seconds),
  ...(error ? { error } : {}),
});
const update = 'ecs:UpdateService';
const register = 'application-autoscaling:RegisterScalableTarget';
const services = 'ecs:DescribeServices';
const targets = 'application-autoscaling:DescribeScalableTargets';

const throttled = (times: number, part: object = {}) =>
  invocation('scale-out', 'emergency-scaling', {
    endedAt: at(101),
    operations: Array.from({ length: times }, () => operation(update, 100, 'ThrottlingException')),
    ...part,
  });
const answered = (status: number, times: number) =>
  invocation('scale-out', 'emergency-scaling', {
    endedAt: at(101),
    operations: Array.from({ length: times }, () => ({ ...operation(update, 100, 'Refused'), status })),
  });
const calls = (...operations: Operation[]) => ({
  invocations: [invocation('register-target', 'emergency-scaling', { operations })],
});

/** The service is deleted after 100 s; one step of a run looks at it, and the next one calls. */
const deleted = (look: Operation, then: Operation, of = 'emergency-scaling') => ({
  goneAt: at(100),
  invocations: [
    invocation('assess', 'emergency-scaling', { operations: [look] }),
    invocation('scale-out', of, { operations: [then] }),
  ],
});

const bounds = { min: 1, max: 10 };
const none = { min: undefined, max: undefined };
const registered = (from: object, machine = 'scale-in', operations: Operation[] = []) =>
  write(invocation('register-target', machine, { operations }), { ...from }, bounds, { call: register });
const configuring = execution('configure-autoscaling');

const paging = (enabled: boolean) => ({
  ...production,
  notices: { ...production.notices, pagerDuty: { ...production.notices.pagerDuty, enabled } },
});
const notice = (kind: string, sent: string[], failed: object[] = []) => ({
  config: paging(true),
  invocations: [invocation('notify', 'scale-in', { kind, result: { kind, sent, failed } })],
});

const besides = (times: number) => {
  const [of] = [throttled(times)];
  return { ...of, operations: [...of.operations, operation(services, 101, 'ThrottlingException')] };
};

const unchecked = (times: number) => {
  const [of] = [throttled(times)];
  return { ...of, operations: [operation('ssm:GetParameter', 100, 'TimeoutError'), ...of.operations] };
};

/** A call that is throttled, and beside it one that fails for good; the function ends with `error`. */
const failsWith = (error: string) => {
  const [one] = [throttled(1, { error })];
  return { ...one, operations: [...one.operations, operation(services, 101, 'InvalidNextTokenException')] };
};

export const callCases: Case[] = [
  {
    checker: 'call: passing errors are repeated',
    wrong: { invocations: [throttled(7)] },
    says: /scale-out gives ecs:UpdateService up after ThrottlingException, attempt 7/,
    right: { invocations: [throttled(8)] },
    excused: [
      // Once the switch could not be read before an attempt.
      { invocations: [unchecked(7)] },
      // With the fifth the quota of retries of the SDK's client is used up.
      { invocations: [8, 8, 8, 8, 8, 1].map((times) => throttled(times)) },
      { invocations: [throttled(1, { error: 'Lambda.Unknown' })] },
      { invocations: [throttled(1, { endedAt: at(110) })] },
      { invocations: [answered(400, 1)] },
      // Another call, side by side with this one, has failed for good.
      { invocations: [besides(8)] },
      // The same, with an error that no repeat would mend.
      { invocations: [failsWith('InvalidNextTokenException')] },
    ],
  },
  {
    checker: 'call: passing errors are repeated',
    wrong: { invocations: [failsWith('ThrottlingException')] },
    says: /scale-out gives ecs:UpdateService up/,
    right: { invocations: [failsWith('InvalidNextTokenException')] },
  },
  {
    checker: 'call: passing errors are repeated',
    wrong: { invocations: [answered(503, 1)] },
    says: /scale-out gives ecs:UpdateService up after Refused, attempt 1/,
    right: { invocations: [answered(503, 8)] },
  },
  {
    checker: 'call: a limit is not repeated',
    wrong: calls(operation(register, 100, 'LimitExceededException'), operation(register, 101)),
    says: /register-target repeats .*RegisterScalableTarget after LimitExceededException/,
    right: calls(operation(register, 100, 'LimitExceededException'), operation(services, 101)),
  },
  {
    checker: '17 nothing for a deleted service',
    wrong: deleted(operation(services, 110), operation(update, 111)),
    says: /scale-out calls ecs:UpdateService, deleted since 17:01:40/,
    right: deleted(operation(services, 110), operation(services, 111)),
    excused: [
      deleted(operation(services, 90), operation(update, 111)),
      deleted(operation(services, 110, 'ThrottlingException'), operation(update, 111)),
      deleted(operation(services, 110), operation(update, 111), 'rollback'),
    ],
  },
  {
    checker: '18 absent stays absent',
    wrong: { writes: [registered(none)] },
    says: /no target was registered: .*max undefined → 10/,
    right: { writes: [registered({ min: 2, max: 20 })] },
    excused: [
      // A person deregisters it between the read and the write.
      {
        writes: [registered(none, 'scale-in', [operation(targets, 99)])],
        people: [person(100, none, { min: 2, max: 20 })],
      },
      {
        writes: [registered(none, 'configure-autoscaling')],
        executions: [...recording().executions, configuring],
      },
    ],
  },
  {
    checker: '18 absent stays absent',
    wrong: {
      writes: [registered(none, 'scale-in', [operation(targets, 99)])],
      people: [person(98, none, { min: 2, max: 20 })],
    },
    says: /no target was registered/,
    right: {
      writes: [registered({ min: 2, max: 20 }, 'scale-in', [operation(targets, 99)])],
      people: [person(98, none, { min: 2, max: 20 })],
    },
  },
  {
    checker: '19 urgent notices go two ways',
    wrong: notice('held', ['sns', 'chat']),
    says: /the notice "held" pages nobody/,
    right: notice('held', ['sns', 'pagerduty']),
    excused: [
      notice('held', ['sns'], [{ channel: 'pagerduty', error: 'down' }]),
      notice('recovered', ['sns']),
      { ...notice('held', ['sns']), config: paging(false) },
    ],
  },
];
