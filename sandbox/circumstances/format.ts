import * as v from 'valibot';
import { policies } from '../cache/answer.ts';
import { scenarioNames } from '../world/scenarios.ts';
import { DeniedCall } from './denied.ts';
import { between, secondsAfterAlarm, wholeBetween } from './seconds.ts';
import { timedTrouble } from './timed-troubles.ts';

const mostTasks = 5000;
const count = wholeBetween(0, mostTasks);

const Deployment = v.pipe(
  v.strictObject({
    secondsAfterAlarm,
    revision: v.optional(wholeBetween(1, 1_000_000)),
    restart: v.optional(v.literal(true)),
    bad: v.optional(v.boolean()),
    /** Its tasks exit so long after RUNNING: ECS's circuit breaker rolls it back. */
    exitsAfterSeconds: v.optional(wholeBetween(1, 3600)),
  }),
  v.check(
    ({ restart, revision, bad, exitsAfterSeconds }) =>
      !restart || [revision, bad, exitsAfterSeconds].every((one) => one === undefined),
    'a restart deploys the present revision: without revision, bad and exitsAfterSeconds',
  ),
);

const ScheduledAction = v.pipe(
  v.strictObject({
    name: v.pipe(v.string(), v.nonEmpty('must not be empty')),
    secondsAfterAlarm,
    minCapacity: v.optional(count),
    maxCapacity: v.optional(count),
  }),
  v.check(
    ({ minCapacity, maxCapacity }) => minCapacity !== undefined || maxCapacity !== undefined,
    'minCapacity or maxCapacity is missing',
  ),
  v.check(
    ({ minCapacity, maxCapacity }) => (minCapacity ?? 0) <= (maxCapacity ?? mostTasks),
    'minCapacity must not be above maxCapacity',
  ),
);

/** What else is true of the service while an incident plays: docs/sandbox.md, Circumstances. */
export const Circumstances = v.strictObject({
  scenario: v.optional(v.picklist(scenarioNames)),
  trafficFactor: v.optional(between(0.01, 100)),
  /** Read by AWS's own schema: aws-members.ts. */
  stoppedTasks: v.optional(v.unknown()),
  servicePatch: v.optional(v.unknown()),
  serviceEvents: v.optional(
    v.array(
      v.strictObject({
        id: v.optional(v.string()),
        createdAt: v.union([v.string(), v.number()]),
        message: v.string(),
      }),
    ),
  ),
  scheduledAction: v.optional(ScheduledAction),
  targetGroupHasNoTraffic: v.optional(v.boolean()),
  cpuMetricType: v.optional(
    v.picklist(['ECSServiceAverageCPUUtilization', 'ECSServiceAverageCPUUtilizationHighResolution']),
  ),
  policies: v.optional(v.array(v.unknown())),
  healthBody: v.optional(v.unknown()),
  deployments: v.optional(v.array(Deployment)),
  ecsLagSeconds: v.optional(between(0, 600)),
  /** Where the cache is other than usual. */
  cache: v.optional(
    v.strictObject({
      policy: v.optional(v.picklist(policies)),
      limitMebibytes: v.optional(wholeBetween(16, 100_000)),
      managed: v.optional(v.boolean()),
    }),
  ),
  /** From the start of a task until it runs. */
  taskStartSeconds: v.optional(wholeBetween(5, 1800)),
  minimumHealthyPercent: v.optional(wholeBetween(0, 100)),
  maximumPercent: v.optional(wholeBetween(100, 1000)),
  /** PgBouncer runs beside each task, and PostgreSQL has so many connections. */
  sidecars: v.optional(v.strictObject({ maxConnections: wholeBetween(1, 100_000) })),
  terraformApply: v.optional(v.strictObject({ secondsAfterAlarm })),
  troubles: v.optional(v.array(timedTrouble)),
  /** Rights that roles lack. */
  deniedCalls: v.optional(v.array(DeniedCall)),
  /** A note of whoever made the file: what to look for in the histories. Changes nothing. */
  lookFor: v.optional(v.string()),
});
export type Circumstances = v.InferOutput<typeof Circumstances>;
