import fc from 'fast-check';
import { type AlertName, alertNames } from '../../shared/alerts/catalogue.ts';
import { documentedErrors } from '../facts/documented-errors.ts';
import type { ChaosFault, PersonChange, WireTrouble } from './incident.ts';
import { moment, oneOf, whole, workflows } from './moments.ts';

/** Functions that state machines call, and what a deployed account has of them. */
const functionNames = [
  'intake',
  'open-incident',
  'assess',
  'plan',
  'take-snapshot',
  'register-target',
  'scale-out',
  'put-policy',
  'put-autoscaling',
  'read-autoscaling',
  'wait-verify',
  'request-approval',
  'remind-approvers',
  'approval',
  'scale-in',
  'rollback',
  'notify',
  'close-incident',
  'watch-executions',
] as const;

const functionName = oneOf(functionNames);

const wire: fc.Arbitrary<ChaosFault> = oneOf(Object.entries(documentedErrors)).chain(([call, errors]) =>
  fc.record({
    kind: fc.constant('wire' as const),
    call: fc.constant(call),
    first: oneOf([1, 1, 1, 2, 2, 3, 4, 6, 9]),
    times: oneOf([1, 1, 2, 3, 12, 60]),
    what: fc.oneof<fc.WeightedArbitrary<WireTrouble>[]>(
      { weight: 4, arbitrary: oneOf(errors).map((error) => ({ kind: 'error' as const, ...error })) },
      { weight: 2, arbitrary: fc.constant({ kind: 'timeout-after' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'timeout-before' as const }) },
      { weight: 1, arbitrary: whole(1, 40).map((seconds) => ({ kind: 'delay' as const, seconds })) },
    ),
  }),
);

const readingCalls = Object.keys(documentedErrors).filter((call) => /:(Describe|List|Get)/.test(call));

const change: fc.Arbitrary<PersonChange> = fc.oneof(
  oneOf([-2, -1, 1, 2, 4]).map((by) => ({ setting: 'desired' as const, by })),
  fc.record({ setting: fc.constant('bounds' as const), min: whole(1, 4), max: whole(12, 22) }),
  fc.boolean().map((scaleIn) => ({ setting: 'suspended' as const, scaleIn })),
  fc.record({ setting: fc.constant('policy' as const), target: whole(40, 75), cooldown: whole(30, 400) }),
  fc.constant({ setting: 'delete-policy' as const }),
  fc.constant({ setting: 'deregister' as const }),
  { weight: 2, arbitrary: oneOf([41, 42]).map((revision) => ({ setting: 'deploy' as const, revision })) },
  fc.constant({ setting: 'everything' as const }),
  // Above the max of before: only a plan with another max can be carried out.
  fc.record({ setting: fc.constant('bounds' as const), min: whole(11, 14), max: whole(15, 20) }),
);

const consoleStart = fc.oneof(
  oneOf<AlertName>(['HighLatencyP99', 'HighCPU', 'DatabasePoolExhausted', 'APIDown']).map((alert) => ({
    machine: 'emergency-scaling' as const,
    input: { alert, requestedBy: 'person' },
  })),
  oneOf(['scale-in', 'pgbouncer-emergency'] as const).map((machine) => ({
    machine,
    input: { requestedBy: 'person' },
  })),
  oneOf<Record<string, unknown>>([
    {},
    { minCapacity: 2, maxCapacity: 15, cpuTarget: 60 },
    { minCapacity: 4, latencyTargetMilliseconds: 60 },
    { cpuTarget: 45, dryRun: true },
  ]).map((input) => ({
    machine: 'configure-autoscaling' as const,
    input: { ...input, requestedBy: 'person' },
  })),
  oneOf<Record<string, unknown>>([
    {},
    { to: 'previous-task-definition' },
    { to: 'redeploy' },
    { to: 'desired-count', desiredCount: 2 },
    { to: 'desired-count', desiredCount: 5 },
  ]).map((input) => ({ machine: 'rollback' as const, input: { ...input, requestedBy: 'person' } })),
);

/** Inputs of which every one must be refused; `SERVICE` stands for the service's name in the configuration. */
const faultyInputs: readonly unknown[] = [
  {},
  [],
  'scale out',
  { environment: 'nowhere', service: 'SERVICE', alert: 'HighCPU' },
  { environment: 'ENVIRONMENT', service: 'constructor', alert: 'HighCPU' },
  { environment: 'ENVIRONMENT', service: 'SERVICE', alert: 'HighHopes' },
  { environment: 'ENVIRONMENT', service: 'SERVICE', alert: 'HighCPU', desiredCount: -1 },
  { environment: 'ENVIRONMENT', service: 'SERVICE', alert: 'HighCPU', desiredCont: 9 },
  { environment: 'ENVIRONMENT', service: 'SERVICE', maxCapacity: 999 },
  // Only the execution itself is believed.
  { environment: 'ENVIRONMENT', service: 'SERVICE', startedBy: 'arn:aws:states:x:1:execution:other:run' },
];

/** One thing that goes wrong, or that somebody does meanwhile. */
export const fault: fc.Arbitrary<ChaosFault> = fc.oneof<fc.WeightedArbitrary<ChaosFault>[]>(
  { weight: 10, arbitrary: wire },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('stale' as const),
      call: oneOf(readingCalls),
      at: moment,
      forSeconds: whole(5, 120),
      ageSeconds: whole(3, 90),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      function: functionName,
      call: fc.oneof(whole(1, 12), whole(1, 60)),
      when: oneOf(['before', 'after'] as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('lambda' as const),
      function: functionName,
      first: whole(1, 4),
      times: oneOf([1, 2, 8]),
      error: oneOf(['Lambda.TooManyRequestsException', 'Lambda.ServiceException', 'Lambda.Unknown']),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      function: functionName,
      offsetSeconds: oneOf([-300, -120, 120, 300]),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('store' as const),
      function: functionName,
      first: whole(1, 5),
      times: oneOf([1, 1, 2, 30]),
      what: oneOf(['error', 'lost-answer', 'race', 'unread'] as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('channel' as const),
      channel: oneOf(['sns', 'pagerduty', 'chat', 'mail', 'secrets', 'switch'] as const),
      first: whole(1, 4),
      times: oneOf([1, 3, 100]),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('person' as const), at: moment, change }) },
  {
    weight: 3,
    // Whoever waits for a step stops the run that takes it.
    arbitrary: fc.tuple(oneOf(workflows), moment).map(([machine, at]) => ({
      kind: 'stop' as const,
      machine: 'machine' in at ? at.machine : machine,
      at,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('switch' as const),
      at: moment,
      forSeconds: oneOf([30, 300, 3600]),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(consoleStart, moment)
      .map(([start, at]) => ({ kind: 'start' as const, ...start, at })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('source' as const),
      source: oneOf(['prometheus', 'metrics page', 'health'] as const),
      first: whole(1, 6),
      times: oneOf([1, 3, 100]),
      what: oneOf(['down', 'error', 'garbage', 'nan', 'frozen'] as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('faulty-input' as const),
      machine: oneOf(workflows),
      at: moment,
      input: oneOf(faultyInputs),
    }),
  },
  {
    weight: 2,
    arbitrary: oneOf([0, 1, 5, 90, 600, 2400]).map((afterSeconds) => ({
      kind: 'repeat-event' as const,
      afterSeconds,
    })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gone' as const), at: moment }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('alarm' as const),
      alert: oneOf(alertNames),
      at: moment,
      flaps: oneOf([0, 0, 1, 4]),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('storm' as const),
      at: moment,
      alert: oneOf(alertNames),
      ours: oneOf([1, 2, 40]),
      foreign: oneOf([0, 3, 60, 600]),
      characters: oneOf([0, 40, 5000]),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('scheduled-action' as const),
      atSeconds: whole(0, 3600),
      min: whole(1, 4),
      max: whole(4, 12),
    }),
  },
  {
    weight: 2,
    arbitrary: oneOf([3, 15, 40, 90]).map((seconds) => ({ kind: 'lag' as const, seconds })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'foreign-policy' as const }) },
  {
    weight: 2,
    arbitrary: oneOf([50, 67, 0]).map((percent) => ({ kind: 'minimum-healthy' as const, percent })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('approver-removed' as const), at: moment, place: whole(0, 2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('record-lost' as const), at: moment, idle: fc.boolean() }),
  },
);
