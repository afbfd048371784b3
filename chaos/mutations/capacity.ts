import { deployed, during } from './circumstances.ts';
import type { Mutation } from './mutation.ts';

/** Bugs in what is planned, written, verified and given back. */
export const inCapacity: readonly Mutation[] = [
  {
    scenario: 9,
    name: 'an alarm that is over still adds tasks',
    file: 'shared/plan/scale-out-decision.ts',
    find: "return { action: 'watch', reasons: [because('alert-over', said)] };",
    replace: "return { action: 'scale-out', reasons: [because('alert-over', said)] };",
  },
  {
    scenario: 10,
    name: 'scales in while a deployment is running',
    file: 'shared/plan/scale-in.ts',
    find: "assessment.service.rollout !== 'steady'",
    replace: "assessment.service.rollout === 'failed'",
    amid: {
      faults: [
        {
          kind: 'person',
          at: during('scale-in', 'Check for calm'),
          change: { setting: 'deploy', revision: 41 },
        },
      ],
      troubles: [{ kind: 'start-failure', error: 'CannotPullContainerError', from: 700, until: 7200 }],
    },
  },
  {
    scenario: 42,
    name: 'leaves scheduled actions free to fire',
    file: 'shared/plan/emergency-settings.ts',
    find: 'dynamicScalingIn: true, scheduledScaling: true }',
    replace: 'dynamicScalingIn: true }',
    amid: { faults: [{ kind: 'scheduled-action', atSeconds: 420, min: 1, max: 5 }] },
  },
  {
    scenario: 45,
    name: "an older answer of ECS is a person's change",
    file: 'shared/drift/own-count.ts',
    find: 'return since?.count ?? own.to;',
    replace: 'return since?.count ?? desired;',
    amid: { faults: [{ kind: 'lag', seconds: 40 }] },
  },
  {
    scenario: 59,
    name: 'removes whatever has the temporary name',
    file: 'shared/aws/autoscaling.ts',
    find: 'asCpuPolicy(policy)?.name ?? []);',
    replace: 'policy.PolicyName ?? []);',
    amid: { faults: [{ kind: 'foreign-policy' }] },
  },
  {
    scenario: 11,
    name: 'every desired count is explained by autoscaling',
    file: 'shared/writes/guarded-write.ts',
    find: 'setByAutoscaling: set.flatMap(({ count }) => count ?? []),',
    replace: 'setByAutoscaling: [...set.flatMap(({ count }) => count ?? []), view.desired],',
    amid: {
      faults: [
        {
          kind: 'person',
          at: during('emergency-scaling', 'Raise the ceiling'),
          change: { setting: 'desired', by: -1 },
        },
      ],
    },
  },
  {
    scenario: 12,
    name: 'gives everything back, also what a person set',
    file: 'shared/drift/restore-target.ts',
    find: 'if (ours === undefined || ours === now || wanted === now) return wanted;',
    replace: 'if (wanted !== undefined) return wanted;',
    amid: {
      environment: 'staging',
      faults: [
        {
          kind: 'person',
          at: during('scale-in', 'Wait for calm'),
          change: { setting: 'policy', target: 60, cooldown: 90 },
        },
      ],
    },
  },
  {
    scenario: 13,
    name: 'sets the count without raising max',
    file: 'statemachines/emergency-scaling.yml',
    find: 'Default: Raise the ceiling',
    replace: 'Default: Set the desired count',
  },
  {
    scenario: 14,
    name: 'does not say why tasks cannot start',
    file: 'shared/verify/recovery.ts',
    find: '...whyNoneStart(failures, now)],',
    replace: '...whyNoneStart([], now)],',
    amid: {
      troubles: [{ kind: 'start-failure', error: 'CannotPullContainerError', from: 0, until: 3600 }],
    },
  },
  {
    scenario: 15,
    name: 'does not know the message of a reached quota',
    file: 'shared/aws/ecs-words.ts',
    find: "[/unable to place/, 'cannot-place'],",
    replace: '',
    amid: { troubles: [{ kind: 'no-capacity', spareTasks: 1, from: 0, until: 3600 }] },
  },
  {
    scenario: 16,
    name: 'adds tasks though they exit in a loop',
    file: 'shared/plan/scale-out-blockers.ts',
    find: 'if (failing.length > 0)',
    replace: 'if (failing.length > 99)',
    amid: { troubles: [{ kind: 'crash-loop', exitsAfterSeconds: 5, from: 60, until: 3600 }] },
  },
  {
    scenario: 41,
    name: 'takes failed starts of before for those of new tasks',
    file: 'shared/plan/failed-starts.ts',
    find: 'count: askedSince(stop, since)',
    replace: 'count: stop.count',
    amid: {
      troubles: [
        { kind: 'out-of-memory', tasks: 2, from: 1, until: 2 },
        { kind: 'out-of-memory', tasks: 2, from: 150, until: 151 },
      ],
    },
  },
  {
    scenario: 43,
    name: 'a release is to blame where scaling out did not help',
    file: 'shared/plan/rollback.ts',
    find: 'if (!startedBy || convicted) return undefined;',
    replace: 'if (!startedBy || !convicted || convicted) return undefined;',
    amid: {
      troubles: [deployed(44, 1), { kind: 'crash-loop', exitsAfterSeconds: 5, from: 120, until: 3600 }],
    },
  },
  {
    scenario: 18,
    name: 'takes the defaults for a target that is not registered',
    file: 'shared/aws/autoscaling.ts',
    find: 'if (target?.MinCapacity === undefined || target.MaxCapacity === undefined) return undefined;',
    replace: `if (target?.MinCapacity === undefined || target.MaxCapacity === undefined)
    return {
      min: 1,
      max: 10,
      suspended: { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false },
    };`,
    amid: { faults: [{ kind: 'person', at: { atSeconds: 30 }, change: { setting: 'deregister' } }] },
  },
  {
    scenario: 19,
    name: 'leaves autoscaling free to scale in',
    file: 'shared/plan/emergency-settings.ts',
    find: 'dynamicScalingIn: true, scheduledScaling: true }',
    replace: 'scheduledScaling: true }',
  },
  {
    scenario: 34,
    name: 'a metric that is unknown is ok',
    file: 'shared/assess/judge.ts',
    find: "{ level: 'unknown', source, unknown: told(series.unknown",
    replace: "{ level: 'ok', source, unknown: told(series.unknown",
    amid: {
      troubles: [
        { kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'missing', from: 400, until: 4800 },
      ],
    },
  },
  {
    scenario: 35,
    name: "relieves the pool only at the pool's own alert",
    file: 'shared/plan/scale-out-blockers.ts',
    find: 'exhausted.length > 0 ||',
    replace: "(exhausted.length > 0 && request.alert === 'DatabasePoolExhausted') ||",
    amid: { troubles: [{ kind: 'connections-held', connections: 95, from: 60, until: 3600 }] },
  },
  {
    scenario: 36,
    name: 'adds tasks though a dependency cannot be reached',
    file: 'shared/plan/scale-out-blockers.ts',
    find: "if (isThere('upstream-failure', 'dependency-failed'))",
    replace: "if (cause.name === 'upstream-failure' && !isEvident(cause, 'upstream-failure'))",
    amid: { troubles: [{ kind: 'database-down', from: 60, until: 3600 }] },
  },
  {
    scenario: 37,
    name: 'one dependency that is down is not named as the cause',
    file: 'shared/assess/causes.ts',
    find: 'when(down.length > 0, 6,',
    replace: 'when(down.length > 1, 6,',
    amid: { troubles: [{ kind: 'redis-down', from: 60, until: 3600 }] },
  },
  {
    scenario: 'invariant 2',
    name: 'goes down in one step',
    file: 'shared/plan/guards/limits.ts',
    find: 'return Math.max(target, current - step);',
    replace: 'return Math.max(target, current - step * 100);',
  },
  {
    scenario: 'invariant 2',
    name: 'no cooldown between two steps',
    file: 'statemachines/scale-in.yml',
    find: 'SecondsPath: $.step.waitSeconds',
    replace: 'Seconds: 5',
  },
  {
    scenario: 'invariant 9',
    name: 'a later run replaces the snapshot',
    file: 'shared/incident/snapshot-store.ts',
    find: "snapshot, { expected: 'absent' });",
    replace: "snapshot, { expected: (await store.read(key))?.version ?? 'absent' });",
    amid: {
      troubles: [
        { kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'missing', from: 600, until: 7200 },
      ],
      faults: [
        { kind: 'alarm', alert: 'HighLatencyP99', at: during('scale-in', 'Wait for calm', 9), flaps: 0 },
      ],
    },
  },
  {
    scenario: 'invariant 9',
    name: 'writes without a snapshot',
    file: 'statemachines/emergency-scaling.yml',
    find: 'StringEquals: scale-out, Next: Take the snapshot }',
    replace: 'StringEquals: scale-out, Next: Raise the ceiling }',
  },
  {
    scenario: 'invariant 11',
    name: 'a rollback lowers the count without a look at anything',
    file: 'shared/plan/rollback.ts',
    find: 'if (count < floor)',
    replace: `if (count >= floor) return { action: 'desired-count', to: count, reasons: [because('count-asked', { from: view.desired, to: count })] };
  if (count < floor)`,
    amid: {
      environment: 'staging',
      faults: [
        {
          kind: 'start',
          machine: 'rollback',
          at: during('emergency-scaling', 'Wait for the tasks'),
          input: { to: 'desired-count', desiredCount: 2, requestedBy: 'person' },
        },
      ],
    },
  },
  {
    scenario: 'invariant 11',
    name: 'a rollback goes by an old count of ECS, below what a run wrote just now',
    file: 'shared/plan/rollback.ts',
    find: 'ahead?.asked ?? view.desired',
    replace: 'view.desired',
    amid: {
      environment: 'staging',
      faults: [
        { kind: 'lag', seconds: 90 },
        {
          kind: 'start',
          machine: 'rollback',
          at: during('emergency-scaling', 'Wait for the tasks'),
          input: { requestedBy: 'person', to: 'desired-count', desiredCount: 3 },
        },
      ],
    },
  },
  {
    scenario: 'invariant 11',
    name: 'a rollback takes tasks away while users are hurt',
    file: 'shared/plan/rollback-cost.ts',
    find: 'if (critical.length === 0 ||',
    replace: 'if (critical.length >= 0 ||',
    amid: {
      troubles: [deployed(43, 60)],
      faults: [{ kind: 'minimum-healthy', percent: 50 }],
    },
  },
  {
    scenario: 'invariant 11',
    name: 'a second rollback brings the bad definition back',
    file: 'shared/aws/release.ts',
    find: 'return others > 0 && deployments',
    replace: 'return others > 9 && deployments',
    amid: {
      troubles: [deployed(43, 60)],
      faults: [
        { kind: 'start', machine: 'rollback', at: { atSeconds: 400 }, input: { requestedBy: 'person' } },
        { kind: 'start', machine: 'rollback', at: { atSeconds: 1000 }, input: { requestedBy: 'person' } },
      ],
    },
  },
  {
    scenario: 'invariant 18',
    name: 'a run that did not help ends green',
    file: 'statemachines/emergency-scaling.yml',
    find: 'Next: Assess the situation }\n      Default: Roll back',
    replace: 'Next: Assess the situation }\n      Default: Record the recovery',
  },
  {
    scenario: 60,
    name: 'the bound of the last bucket counts as the value',
    file: 'shared/metrics/prometheus-answer.ts',
    find: '...(bounds.has(seconds) ? { atLeast: true } : {}),',
    replace: '',
    amid: {
      troubles: [
        { kind: 'monitoring-fault', fault: 'last-bucket', from: 0, until: 9999 },
        { kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'missing', from: 0, until: 9999 },
      ],
    },
  },
  {
    scenario: 47,
    name: "a neighbour's errors count",
    file: 'shared/metrics/cloudwatch.ts',
    find: "'IF(FILL(everybody, 0) > 1.01 * requests, 0, FILL(elb5xx, 0))'",
    replace: "'FILL(elb5xx, 0)'",
    amid: {
      troubles: [
        {
          kind: 'neighbour',
          requestsPerMinute: 900,
          targetErrorsPerMinute: 200,
          errorsPerMinute: 100_000,
          from: 0,
          until: 9999,
        },
      ],
    },
  },
];
