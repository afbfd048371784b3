import type { Reason } from '../document/reason.ts';

/** What a rollback does; `hold` keeps everything as it is. */
export type RollbackDecision =
  /** `hook`: it awaits an action there, which is to roll back. */
  | { action: 'stop-deployment'; deployment: string; hook?: string; to: string; reasons: Reason[] }
  | { action: 'previous-task-definition'; to: string; reasons: Reason[] }
  | { action: 'redeploy'; to: string; reasons: Reason[] }
  | { action: 'desired-count'; to: number; reasons: Reason[] }
  | { action: 'started'; to: string; reasons: Reason[] }
  | { action: 'hold'; reasons: Reason[] };
