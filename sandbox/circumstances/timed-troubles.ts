import * as v from 'valibot';
import type { Trouble } from '../world/model/trouble.ts';
import { between, forSeconds, secondsAfterAlarm, wholeBetween } from './seconds.ts';

const perMinute = between(0, 1_000_000);
const tasks = wholeBetween(1, 1000);
const metric = v.picklist([
  'CPUUtilization',
  'MemoryUtilization',
  'TargetResponseTime',
  'RequestCount',
  'HTTPCode_Target_5XX_Count',
  'HTTPCode_ELB_5XX_Count',
  'HealthyHostCount',
  'DBPoolUsage',
  'PgBouncerPoolUsage',
  'PgBouncerWaitTime',
]);

/** Something that happens to tasks at one moment. */
const once = <Kind extends string>(kind: Kind) =>
  v.strictObject({ kind: v.literal(kind), secondsAfterAlarm, tasks });

/** Something that holds for a while. */
const lasting = <Kind extends string, Entries extends v.ObjectEntries>(kind: Kind, entries: Entries) =>
  v.strictObject({ kind: v.literal(kind), secondsAfterAlarm, forSeconds, ...entries });

/** The troubles of the world (docs/sandbox-world.md) by their distance from the alarm. */
export const timedTrouble = v.variant('kind', [
  once('spot-reclaim'),
  once('out-of-memory'),
  lasting('load-balancer-kills', { failsAfterSeconds: wholeBetween(5, 600) }),
  lasting('start-failure', {
    error: v.picklist(['CannotPullContainerError', 'ResourceInitializationError']),
  }),
  lasting('crash-loop', { exitsAfterSeconds: wholeBetween(1, 3600) }),
  lasting('no-capacity', { spareTasks: wholeBetween(0, 1000) }),
  lasting('deployment-pause', {
    timeoutMinutes: v.optional(wholeBetween(1, 20_160)),
    timeoutAction: v.optional(v.picklist(['CONTINUE', 'ROLLBACK'])),
  }),
  lasting('traffic', { factor: between(0, 100) }),
  lasting('bots', { requestsPerSecond: perMinute, cost: between(0, 100) }),
  lasting('neighbour', {
    requestsPerMinute: perMinute,
    targetErrorsPerMinute: perMinute,
    errorsPerMinute: perMinute,
  }),
  lasting('redis-down', {}),
  lasting('redis-fills', { mebibytesPerMinute: between(1, 10_000) }),
  lasting('redis-slow', { milliseconds: wholeBetween(1, 60_000), everySeconds: wholeBetween(1, 600) }),
  lasting('redis-loading', {}),
  lasting('redis-read-only', { because: v.picklist(['replica', 'snapshot']) }),
  lasting('redis-clients-held', { clients: wholeBetween(1, 100_000) }),
  lasting('database-down', {}),
  lasting('api-down', {}),
  lasting('endpoint-down', { endpoint: v.picklist(['api', 'mcp']) }),
  lasting('slow-queries', { factor: between(1, 1000) }),
  lasting('connections-held', { connections: wholeBetween(1, 10_000) }),
  lasting('memory-leak', { percentPerHour: between(1, 1000) }),
  lasting('metric-fault', { metric, fault: v.picklist(['missing', 'nan', 'frozen', 'zero']) }),
  lasting('metric-delay', { seconds: wholeBetween(1, 3600) }),
  lasting('monitoring-fault', {
    fault: v.picklist(['lying', 'frozen', 'nan', 'missing', 'delayed', 'down', 'last-bucket']),
  }),
]);
type TimedTrouble = v.InferOutput<typeof timedTrouble>;

/** The trouble at its place on the world's clock, when the alarm fires `alarmSeconds` after the start. */
export function troubleAt(timed: TimedTrouble, alarmSeconds: number): Trouble {
  const { secondsAfterAlarm: after, ...trouble } = timed;
  const from = alarmSeconds + after;
  const until = from + ('forSeconds' in timed ? timed.forSeconds : 1);
  return { ...trouble, from, until };
}
