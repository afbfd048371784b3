import type { Invocation, ObservedWrite, PersonAct, Recording } from '../../chaos/record/recording.ts';
import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import type { Execution } from '../../sandbox/engine/history/execution.ts';
import { production, record, service } from '../support/builders.ts';

/** Hand-made recordings: each part has a sound default, so that a test names only what is wrong. */

/** What a checker must flag in a hand-made recording, and the same one without the fault. */
export interface Case {
  checker: string;
  wrong: Partial<Recording>;
  says: RegExp;
  right: Partial<Recording>;
  /** Others that look as wrong, and of which the run could know no better. */
  excused?: readonly Partial<Recording>[];
}

const began = Date.parse('2026-10-02T17:00:00.000Z');
export const at = (seconds: number) => began + seconds * 1000;

export const settings = (part: Partial<ServiceSettings> = {}): ServiceSettings => ({
  desired: 8,
  running: 8,
  pending: 0,
  taskDefinition: 'buywhere-api:42',
  min: 2,
  max: 20,
  suspended: { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: false },
  policies: [{ name: 'cpu', type: 'TargetTrackingScaling', metric: 'CPU', target: 50 }],
  pools: [],
  cache: { policy: 'allkeys-lru', keys: 48_200 },
  ...part,
});

export const execution = (machine: string, part: Partial<Execution> = {}): Execution => {
  const made: Execution = {
    arn: machine,
    name: machine,
    machine,
    stateMachineArn: machine,
    input: {},
    status: 'SUCCEEDED',
    startDate: began,
    stopDate: at(600),
    stateTransitions: 1,
    history: [],
    done: new Promise(() => undefined),
    ...part,
  };
  return made;
};

/** A history that went through these states. */
export const through = (...states: string[]): Execution['history'] =>
  states.map((name, index) => ({
    id: index + 2,
    previousEventId: index + 1,
    timestamp: began,
    type: 'TaskStateEntered',
    stateEnteredEventDetails: { name, input: '{}', inputDetails: { truncated: false } },
  }));

let count = 0;
/** An invocation by the execution of a machine; `document` is the one that flows. */
export const invocation = (
  name: string,
  machine: string,
  part: Partial<Invocation> & { document?: object; [field: string]: unknown } = {},
): Invocation => {
  const { document = { incident: { lockNumber: 1 } }, goal, direction, kind, ...rest } = part;
  count += 1;
  return {
    id: count,
    function: name,
    execution: machine,
    stateEntry: 2,
    state: name,
    event: {
      document,
      ...(goal ? { goal } : {}),
      ...(direction ? { direction } : {}),
      ...(kind ? { kind } : {}),
    },
    startedAt: at(100),
    operations: [],
    ...rest,
  };
};

/** A write by an invocation; without one it is Application Auto Scaling's own. */
export const write = (
  by: Invocation | undefined,
  from: Record<string, unknown>,
  to: Record<string, unknown>,
  part: Partial<ObservedWrite> = {},
): ObservedWrite => ({
  at: at(100),
  issuedAt: at(100),
  who: by?.function ?? 'application-autoscaling',
  call: 'ecs:UpdateService',
  service: 'buywhere/buywhere-api',
  from,
  to,
  ...(by ? { invocation: by } : {}),
  lock: record(),
  snapshot: { desired: 3, bounds: { min: 1, max: 10 } },
  firing: [],
  after: settings(),
  approvals: [],
  ...part,
});

export const person = (
  seconds: number,
  changed: object,
  replaced: object,
  running: string[] = [],
): PersonAct => ({
  at: at(seconds),
  text: JSON.stringify(changed),
  changed: { ...changed },
  replaced: { ...replaced },
  settings: settings(),
  running,
});

export const recording = (part: Partial<Recording> = {}): Recording => ({
  seed: 1,
  removedApprovers: [],
  incident: {
    environment: 'production',
    traffic: { factor: 2, riseSeconds: 5, holdSeconds: 420 },
    troubles: [],
    approver: { answer: 'yes', delaySeconds: 5 },
    taskStartSeconds: 40,
    trigger: 'alarm',
    faults: [],
  },
  config: production,
  service,
  startedAt: began,
  endedAt: at(7200),
  over: true,
  before: settings(),
  after: settings(),
  writes: [],
  calls: [],
  invocations: [],
  people: [],
  answers: [],
  switched: [],
  executions: ['emergency-scaling', 'scale-in', 'rollback'].map((machine) => execution(machine)),
  ends: [],
  stopped: new Map(),
  faultyInputs: new Set(),
  locks: [],
  snapshots: [],
  approvals: [],
  reach: new Map(),
  hash: () => '',
  ...part,
});
