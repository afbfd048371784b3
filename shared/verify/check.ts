import type { Assessment } from '../document/assessment.ts';
import type { Changes } from '../document/changes.ts';
import type { Plan } from '../document/plan.ts';
import type { PoolRoom } from '../document/pool-settings.ts';
import type { Request } from '../document/request.ts';
import type { Rollback } from '../document/rollback.ts';
import type { Verification } from '../document/verification.ts';
import { because } from '../format/reasons.ts';
import type { Snapshot } from '../incident/snapshot.ts';
import type { Slots } from '../pool/topology/sidecar.ts';

export type Goal = Verification['goal'];

/** What a check needs to know besides the present assessment. */
export interface Check {
  goal: Goal;
  request: Request;
  plan?: Plan | undefined;
  /** What the run has written so far. */
  change?: Changes | undefined;
  /** ECS has not shown this run's own count yet: a lower one may be an old answer. */
  late?: boolean;
  /** What a rollback has done. */
  rollback?: Rollback | undefined;
  /** Alerts that joined the run: what they are about has to recover as well. */
  joined?: readonly string[] | undefined;
  /** The assessment on which the plan was made. */
  before?: Assessment | undefined;
  /** What the pools had left for tasks when it was planned. */
  room?: PoolRoom | undefined;
  /** PostgreSQL's slots then, where a PgBouncer stands beside each task. */
  slots?: Slots | undefined;
  snapshot?: Snapshot | undefined;
  /** AWS throttled this run: its looks are few and far between. */
  throttled?: boolean;
  /** The previous check of the same loop. */
  previous?: Verification | undefined;
}

/** A check's judgement. */
export type Verdict = Pick<Verification, 'state' | 'reasons' | 'differences'>;

/** Without the service nothing can be judged. */
export const waitForService = ({ unknown }: { unknown: { text: string } }): Verdict => ({
  state: 'waiting',
  reasons: [because('service-unknown', { why: unknown.text })],
});
