import fc from 'fast-check';
import { type AlertName, alertNames } from '../../shared/alerts.ts';
import type { Trouble } from '../world/troubles.ts';
import type { MetricName } from '../world/types.ts';
import { chaosDefinitions } from './definitions.ts';
import { documentedErrors } from './documented-errors.ts';
import type { ChaosFault, ChaosIncident, Moment, PersonChange, WireTrouble } from './incident.ts';

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

const whole = (min: number, max: number) => fc.integer({ min, max });
const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
const functionName = oneOf(functionNames);
const service = (environment: string) =>
  environment === 'staging' ? 'buywhere-api-staging' : 'buywhere-api';

/** States at which something can happen: of each machine those that do work or wait. */
const states = ['emergency-scaling', 'scale-in', 'rollback'].flatMap((machine) => {
  const found = chaosDefinitions().machines.get(machine)?.definition.States ?? {};
  return Object.entries(found)
    .filter(([, state]) => state.Type === 'Task' || state.Type === 'Wait')
    .map(([state]) => ({ machine, state }));
});

const moment: fc.Arbitrary<Moment> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ atSeconds: whole(60, 2400) }) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(oneOf(states), oneOf([1, 1, 1, 2, 3]), oneOf([0, 0, 1, 2, 5, 15]))
      .map(([place, visit, afterSeconds]) => ({ ...place, visit, afterSeconds })),
  },
);

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
  oneOf([41, 42]).map((revision) => ({ setting: 'deploy' as const, revision })),
);

const consoleStart = fc.oneof(
  oneOf<AlertName>(['HighLatencyP99', 'HighCPU', 'DatabasePoolExhausted', 'APIDown']).map((alert) => ({
    machine: 'emergency-scaling' as const,
    input: { alert, requestedBy: 'person' },
  })),
  fc.constant({ machine: 'scale-in' as const, input: { requestedBy: 'person' } }),
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
];

const fault: fc.Arbitrary<ChaosFault> = fc.oneof<fc.WeightedArbitrary<ChaosFault>[]>(
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
      call: whole(1, 12),
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
      what: oneOf(['error', 'lost-answer', 'race'] as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('channel' as const),
      channel: oneOf(['sns', 'pagerduty', 'chat', 'mail', 'secrets'] as const),
      first: whole(1, 4),
      times: oneOf([1, 3, 100]),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('person' as const), at: moment, change }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('stop' as const),
      machine: oneOf(['emergency-scaling', 'scale-in', 'rollback']),
      at: moment,
    }),
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
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gone' as const), at: moment }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('faulty-input' as const),
      machine: oneOf(['emergency-scaling', 'scale-in', 'rollback'] as const),
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
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('alarm' as const),
      alert: oneOf(alertNames),
      at: moment,
      flaps: oneOf([0, 0, 1, 4]),
    }),
  },
);

const during = fc.record({ from: whole(0, 600), until: whole(700, 1800) });
const metric = oneOf<MetricName>([
  'CPUUtilization',
  'TargetResponseTime',
  'RequestCount',
  'DBPoolUsage',
  'HTTPCode_Target_5XX_Count',
]);

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc
    .tuple(during, metric, oneOf(['missing', 'nan', 'frozen'] as const), oneOf([0, 3000]))
    .map(([{ from, until }, name, how, longer]) => ({
      kind: 'metric-fault' as const,
      metric: name,
      fault: how,
      from,
      until: until + longer,
    })),
  fc
    .tuple(during, oneOf(['lying', 'frozen', 'nan', 'missing', 'delayed', 'down'] as const))
    .map(([time, how]) => ({ kind: 'monitoring-fault' as const, fault: how, ...time })),
  fc
    .tuple(during, oneOf(['CannotPullContainerError', 'ResourceInitializationError'] as const))
    .map(([time, error]) => ({ kind: 'start-failure' as const, error, ...time })),
  during.map((time) => ({ kind: 'no-capacity' as const, spareTasks: 1, ...time })),
  during.map((time) => ({ kind: 'crash-loop' as const, exitsAfterSeconds: 5, ...time })),
  during.map((time) => ({ kind: 'deployment' as const, revision: 43, ...time })),
  during.map((time) => ({ kind: 'metric-delay' as const, seconds: 180, ...time })),
  during.map((time) => ({ kind: 'connections-held' as const, connections: 69, ...time })),
  during.map((time) => ({ kind: 'api-down' as const, from: time.from, until: time.from + 300 })),
);

/** Every incident that the machine can think of. The faults come first, so that shrinking removes them first. */
export const incidents: fc.Arbitrary<ChaosIncident> = fc.record({
  faults: fc.oneof(
    { weight: 5, arbitrary: fc.array(fault, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(fault, { minLength: 5, maxLength: 10 }) },
  ),
  troubles: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Trouble[]>([]) },
    { weight: 2, arbitrary: fc.array(trouble, { minLength: 1, maxLength: 2 }) },
  ),
  environment: oneOf(['staging', 'staging', 'production'] as const),
  trigger: oneOf(['console', 'alarm', 'alarm'] as const),
  approver: fc.record({
    mood: oneOf(['yes', 'yes', 'yes', 'yes', 'no', 'never'] as const),
    delaySeconds: oneOf([5, 60, 60, 400]),
  }),
  traffic: fc.record({
    factor: oneOf([1.2, 2, 2, 3, 4]),
    riseSeconds: oneOf([5, 60]),
    holdSeconds: oneOf([240, 420, 900]),
  }),
});

/** The incident of a seed: the same one every time. */
export function incidentOf(seed: number): ChaosIncident {
  const [incident] = fc.sample(fc.noBias(incidents), { seed, numRuns: 1 });
  if (!incident) throw new Error('fast-check generated nothing');
  return incident;
}

/** An input as it is delivered: placeholders stand for the environment and its service. */
export function withNames(input: unknown, environment: string): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const named = (value: unknown) =>
    value === 'SERVICE' ? service(environment) : value === 'ENVIRONMENT' ? environment : value;
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, named(value)]));
}
