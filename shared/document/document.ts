import * as v from 'valibot';
import { datetime, int } from '../core/schema.ts';
import { Assessment } from './assessment.ts';
import { AutoscalingPlan } from './autoscaling.ts';
import { CachePlan } from './cache-relief.ts';
import { Changes, wrote } from './changes.ts';
import { Incident, SnapshotReference } from './incident.ts';
import { Approval, Outcome } from './outcome.ts';
import { Plan } from './plan.ts';
import { PoolsRead, PoolsRelief } from './pool-settings.ts';
import { Request } from './request.ts';
import { Rollback } from './rollback.ts';
import { ServersRead } from './servers-read.ts';
import { Verification } from './verification.ts';

/** What Step Functions says of a step that failed. */
const Failure = v.object({ Error: v.string(), Cause: v.string() });

/** The last step of a scale-in, of the plan with this hash; the counts before it, and what ECS showed right after it. */
const Step = v.object({
  to: int,
  /** Where this step wrote none, the last that the steps of this plan wrote. */
  wrote,
  planHash: v.string(),
  takenBack: v.optional(int),
  before: v.optional(v.array(int)),
  at: v.optional(datetime),
  shown: v.optional(int),
});
export type Step = v.InferOutput<typeof Step>;

/** The document that flows through a machine: each step gets the whole of it and adds one key. */
export const documentKeys = {
  /** Who asked for what, as `intake` understood it. */
  request: Request,
  /** The lock that this run holds, or why it has none. */
  incident: Incident,
  /** The situation at the last look. */
  assessment: Assessment,
  /** What is to be changed, from → to. */
  plan: Plan,
  /** What is wrong with the pools, where they are in the way. */
  pools: PoolsRead,
  /** Whether a raise of the pools has helped. */
  relief: PoolsRelief,
  /** What is wrong with the cache, where a dependency has failed. */
  cache: ServersRead,
  /** What is to be done to the cache, or why nothing is. */
  cachePlan: CachePlan,
  /** Where the settings before the first write are stored. */
  snapshot: SnapshotReference,
  /** What each write was about and what it left. */
  change: Changes,
  /** The last check of what was done. */
  verification: Verification,
  /** Who approved the plan. */
  approval: Approval,
  /** The last step of a scale-in. */
  step: Step,
  /** What the rollback did, from where, and why. */
  rollback: Rollback,
  /** Of `configure-autoscaling`: what differs and is written, and what was read afterwards. */
  autoscaling: AutoscalingPlan,
  checked: AutoscalingPlan,
  /** How the run ended. */
  outcome: Outcome,
  /** The error that stopped it. */
  failure: Failure,
  /** AWS throttled this run before its plan: many services are in alarm. */
  throttled: v.unknown(),
  /** What became of each notice. */
  notices: v.record(v.string(), v.unknown()),
};

type Keys = typeof documentKeys;
type Name = keyof Keys;
type Asked = Name | `${Name}?`;

/** The keys that are asked for, those with a question mark as optional ones. */
type Picked<A extends Asked> = {
  [N in Extract<A, Name>]: Keys[N];
} & {
  [N in Name as `${N}?` extends A ? N : never]: v.OptionalSchema<Keys[N], undefined>;
};

/** What every function needs that writes the settings of a service by a plan, or gives them back. */
export const plannedWrite = () =>
  documentWith('request', 'incident', 'plan', 'assessment', 'approval?', 'change?', 'step?', 'verification?');

/** The schema of those keys of the document that a step needs; `plan?` for one that may not be there yet. */
export function documentWith<A extends Asked>(...asked: A[]): v.ObjectSchema<Picked<A>, undefined> {
  const entries: Picked<A> = Object.fromEntries(asked.map(entryOf));
  return v.object(entries);
}

function entryOf(asked: Asked) {
  const name = asked.replace('?', '');
  const schema = Object.entries<v.GenericSchema>(documentKeys).find(([key]) => key === name)?.[1];
  if (!schema) throw new Error(`the document has no key ${name}`);
  return [name, name === asked ? schema : v.optional(schema)];
}
