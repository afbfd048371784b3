import { rare } from '../generate/circumstances.ts';
import type { ChaosFault } from '../generate/incident.ts';
import { badRevision, brokenRevision, dyingRevision, goodRevision } from '../generate/revisions.ts';
import { deployed } from './circumstances.ts';
import type { Mutation } from './mutation.ts';

/** Bugs in what is made of that which happens to real services. */
export const inTheField: readonly Mutation[] = [
  {
    scenario: 46,
    name: 'a task that the load balancer killed counts as one that failed',
    file: 'shared/aws/ecs-words.ts',
    find: "healthChecks.test(stoppedReason) ? 'killed-by-health-checks' : 'scaled-in'",
    replace: "healthChecks.test(stoppedReason) ? 'ran-and-failed' : 'scaled-in'",
    amid: {
      shown: {
        stoppedTasks: ['a', 'b'].map((id) => ({
          id,
          stoppedAt: Date.parse('2026-10-02T17:00:20Z'),
          members: {
            stopCode: 'ServiceSchedulerInitiated',
            stoppedReason: 'Task failed ELB health checks in (target-group arn:aws:x:targetgroup/shop-web/1)',
            startedAt: Date.parse('2026-10-02T08:00:00Z') / 1000,
          },
        })),
      },
    },
  },
  {
    scenario: 43,
    name: 'a release is blamed for the tasks that AWS took away',
    file: 'shared/assess/causes.ts',
    find: 'const short = isShort(stoppedTasks, service);',
    replace: 'const short = false;',
    amid: {
      traffic: { factor: 1.2, riseSeconds: 60, holdSeconds: 900 },
      // So that what is bad lasts since the alarm.
      taskStartSeconds: 240,
      troubles: [deployed(goodRevision, 200), { kind: 'spot-reclaim', tasks: 2, from: 520, until: 521 }],
    },
  },
  {
    scenario: 43,
    name: 'a release is blamed for the errors of a dependency that is back',
    file: 'shared/verify/recovery.ts',
    find: 'const justBack = isUnseen(downUntil, now, config);',
    replace: 'const justBack = false;',
    amid: {
      traffic: { factor: 4, riseSeconds: 60, holdSeconds: 900 },
      troubles: [deployed(goodRevision, 81), { kind: 'database-down', from: 281, until: 581 }],
    },
  },
  {
    scenario: 43,
    name: 'a release is blamed for the bad one that it mends',
    file: 'shared/assess/releases.ts',
    find: '(presentHasHadTime(view, now) || !followsSoon(releasedAt))',
    replace: '(presentHasHadTime(view, now) || followsSoon(releasedAt))',
    amid: {
      traffic: { factor: 1.2, riseSeconds: 60, holdSeconds: 900 },
      taskStartSeconds: 40,
      troubles: [deployed(badRevision, 294), deployed(goodRevision, 355)],
    },
  },
  {
    scenario: 43,
    name: 'a release is blamed for tasks of the bad one that serve until it is complete',
    file: 'shared/assess/releases.ts',
    find: 'completedAt === undefined ?',
    replace: "completedAt !== '' ?",
    amid: {
      traffic: { factor: 1.2, riseSeconds: 60, holdSeconds: 240 },
      taskStartSeconds: 240,
      troubles: [deployed(badRevision, 129), deployed(goodRevision, 389)],
    },
  },
  {
    scenario: 43,
    name: 'a rollback ends at a release that was bad itself',
    file: 'shared/plan/rollback.ts',
    find: 'toPrevious(facts, bad)',
    replace: 'toPrevious(facts)',
    amid: {
      traffic: { factor: 1.2, riseSeconds: 60, holdSeconds: 900 },
      taskStartSeconds: 40,
      troubles: [deployed(badRevision, 200), deployed(dyingRevision, 500)],
    },
  },
  {
    scenario: 43,
    name: 'a rollback ends at a release that an earlier run has taken back',
    file: 'shared/plan/rollback.ts',
    find: ', ...takenBack(facts.deployments)]',
    replace: ']',
    amid: {
      environment: 'staging',
      traffic: { factor: 1.2, riseSeconds: 60, holdSeconds: 420 },
      taskStartSeconds: 40,
      troubles: [deployed(badRevision, 110), deployed(dyingRevision, 413)],
    },
  },
  {
    scenario: 36,
    name: 'nobody is told of pools that cannot be asked',
    file: 'statemachines/emergency-scaling.yml',
    find: 'Next: Tell people and watch\n        - { Variable: $.plan.waits',
    replace: 'Next: Watch\n        - { Variable: $.plan.waits',
    amid: rare.poolsUnread,
  },
  {
    scenario: 35,
    name: 'tasks are added before the pools have room for them',
    file: 'statemachines/emergency-scaling.yml',
    find: 'Next: Raise the pools for the tasks }',
    replace: 'Next: Raise the ceiling }',
    amid: rare.poolsBeforeTasks,
  },
  {
    scenario: 63,
    name: 'tasks are added though PostgreSQL has no slot left',
    file: 'shared/plan/guards/pool-room.ts',
    find: 'if (within) return undefined;',
    replace: "if (within || typeof within === 'boolean') return undefined;",
    amid: rare.slotsTaken,
  },
  {
    scenario: 64,
    name: "a person's pool size is set back",
    file: 'shared/pool/tuning.ts',
    find: "return owned.includes(is) ? 'set' : 'person';",
    replace: "return owned ? 'set' : 'person';",
    amid: rare.poolSetByPerson,
  },
  {
    scenario: 35,
    name: 'pools that a run has raised stay raised',
    file: 'statemachines/scale-in.yml',
    find: 'IsPresent: true, Next: Give the pools back }',
    replace: 'IsPresent: true, Next: Verify the restoration }',
    amid: rare.poolTooSmall,
  },
  {
    scenario: 63,
    name: 'pools are raised beyond what PostgreSQL has left',
    file: 'shared/pool/budget.ts',
    find: 'pools + direct < limit;',
    replace: 'pools + direct < limit + 1000;',
    amid: rare.poolTooSmall,
  },
  {
    scenario: 37,
    name: 'nobody is told of a cache that cannot be asked',
    file: 'statemachines/emergency-scaling.yml',
    find: 'Next: Tell people and watch }\n      ResultPath: $.cache',
    replace: 'Next: Watch }\n      ResultPath: $.cache',
    amid: rare.cacheUnread,
  },
  {
    scenario: 43,
    name: 'a release is blamed for errors that are over since the alarm',
    file: 'shared/plan/scale-out-blockers.ts',
    find: "source === 'console' ? undefined",
    replace: 'source ? undefined',
    amid: rare.outageAfterRelease,
  },
  {
    scenario: 43,
    name: 'a check blames a release for errors that are over since its run began',
    file: 'shared/verify/recovery.ts',
    find: 'justBack, check.request.receivedAt)',
    replace: "justBack, '1970-01-01')",
    amid: rare.outageAfterRelease,
  },
  {
    scenario: 43,
    name: 'a release is blamed for the minutes in which one of its tasks is gone',
    file: 'shared/assess/releases.ts',
    find: 'first?.ended === undefined ||',
    replace: 'first?.ended !== undefined ||',
    amid: {
      environment: 'staging',
      trigger: 'console',
      traffic: { factor: 1.2, riseSeconds: 60, holdSeconds: 420 },
      taskStartSeconds: 40,
      troubles: [{ kind: 'out-of-memory', tasks: 1, from: 642, until: 643 }, deployed(goodRevision, 541)],
    },
  },
  {
    scenario: 45,
    name: "a run's own count that ECS shows late is a person's change",
    file: 'shared/drift/own-count.ts',
    find: '![own.to, ...own.before].includes(desired)',
    replace: '!own.before.includes(desired)',
    amid: {
      traffic: { factor: 3, riseSeconds: 60, holdSeconds: 420 },
      faults: [
        {
          ...{ kind: 'wire', call: 'application-autoscaling:DescribeScalingActivities' },
          ...{ first: 2, times: 3, what: { kind: 'delay', seconds: 40 } },
        },
        { kind: 'lag', seconds: 90 },
      ],
    },
  },
  {
    scenario: 'invariant 18',
    name: 'calm is waited for, however long users are affected',
    file: 'shared/verify/verify.ts',
    find: "check.goal === 'calm' && affectsUsers(now)",
    replace: "check.goal === 'step' && affectsUsers(now)",
    amid: {
      traffic: { factor: 2, riseSeconds: 60, holdSeconds: 420 },
      taskStartSeconds: 40,
      troubles: [deployed(badRevision, 500)],
      // Neither its alarm nor the run that is started again gets the lock.
      faults: [{ kind: 'lambda', function: 'open-incident', first: 3, times: 1000, error: 'Lambda.Unknown' }],
    },
  },
  {
    scenario: 36,
    name: 'a run gives up on what may end by itself',
    file: 'shared/plan/scale-out.ts',
    find: 'action, waits: true, reasons: [...reasons, because(',
    replace: 'action, waits: false, reasons: [...reasons, because(',
    amid: { troubles: [{ kind: 'database-down', from: 60, until: 7200 }] },
  },
  {
    scenario: 44,
    name: 'failed starts of a release that is undone hold a run',
    file: 'shared/plan/failed-starts.ts',
    find: 'failed.filter((stop) => isUndone(stop, service))',
    replace: 'failed.filter(() => false)',
    amid: {
      troubles: [75, 150, 240].map((from) => deployed(brokenRevision, from)),
    },
  },
  {
    scenario: 48,
    name: 'zeros of a source that has lost its service count as values',
    file: 'shared/config/metric-catalogue.ts',
    find: 'const neverZero = { drivenByTasks: true, zeroIsImplausible: true };',
    replace: 'const neverZero = { drivenByTasks: true, zeroIsImplausible: false };',
    amid: {
      troubles: [{ kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'zero', from: 0, until: 7200 }],
    },
  },
  {
    scenario: 61,
    name: 'a task that stays pending fails the run',
    file: 'shared/verify/recovery.ts',
    find: 'if (late && tolerable && running >= needed',
    replace: 'if (late && tolerable && running >= wanted',
    amid: {
      traffic: { factor: 2, riseSeconds: 5, holdSeconds: 900 },
      troubles: [{ kind: 'no-capacity', spareTasks: 14, from: 0, until: 7200 }],
    },
  },
  {
    scenario: 62,
    name: 'does not see that a deployment awaits an action',
    file: 'shared/aws/ecs-pauses.ts',
    find: "status === 'AWAITING_ACTION'",
    replace: "status === 'IN_PROGRESS'",
    amid: {
      troubles: [
        { kind: 'deployment-pause', timeoutMinutes: 60, from: 400, until: 402 },
        deployed(goodRevision, 401),
      ],
    },
  },
  {
    scenario: 53,
    name: 'an alert that joins after the last look ends with the run',
    file: 'functions/close-incident.ts',
    find: "unseen = outcome === 'recovered' ? unseenAlerts(record.joinedNow, knownOf(document)) : [];",
    replace: "unseen = outcome === 'restored' ? unseenAlerts(record.joinedNow, knownOf(document)) : [];",
    amid: {
      faults: [
        // Each look takes a while, so that an alarm falls into the last one.
        {
          kind: 'wire',
          call: 'cloudwatch:GetMetricData',
          first: 1,
          times: 99,
          what: { kind: 'delay', seconds: 5 },
        },
        ...(['HighLatencyP95', 'HighErrorRate', 'HighRequestRate', 'HighLatencyP99'] as const).map(
          (alert, index): ChaosFault => ({
            kind: 'alarm',
            alert,
            at: { machine: 'emergency-scaling', state: 'Verify the scaling', visit: 3 + index, call: 6 },
            flaps: 0,
          }),
        ),
      ],
    },
  },
  {
    scenario: 16,
    name: 'a release of which no task stays is held, and not rolled back',
    file: 'shared/plan/scale-out-blockers.ts',
    find: "  if (fails) return [because('deployment-to-blame'), fails];\n",
    replace: '',
    amid: { troubles: [deployed(dyingRevision, 1)] },
  },
  {
    scenario: 'invariant 20',
    name: 'a run that is held says what was seen before it decided',
    file: 'functions/close-incident.ts',
    find: 'isOlder(verification, document.assessment) ? undefined : verification?.reasons',
    replace: 'verification?.reasons',
    amid: { troubles: [{ kind: 'database-down', from: 150, until: 400 }] },
  },
  {
    scenario: 'invariant 20',
    name: 'an end joins its reasons, and not their sentences',
    file: 'functions/close-incident.ts',
    find: "reasons.map(({ text }) => text).join('; ')",
    replace: "reasons.join('; ')",
  },
];
