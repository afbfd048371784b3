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
];
