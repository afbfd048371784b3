/** Deployments of a service, as ECS lists them. */

export interface SimulatedDeployment {
  id: string;
  status: 'PRIMARY' | 'ACTIVE' | 'INACTIVE';
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
  taskDefinition: string;
  desiredCount: number;
  runningCount: number;
  pendingCount: number;
  failedTasks: number;
  createdAt: number;
  updatedAt: number;
}

/** A finished or running service deployment (ListServiceDeployments), newest first in `SimulatedService.history`. */
export interface ServiceDeploymentRecord {
  id: string;
  taskDefinition: string;
  status:
    | 'PENDING'
    | 'IN_PROGRESS'
    | 'SUCCESSFUL'
    | 'STOPPED'
    | 'ROLLBACK_IN_PROGRESS'
    | 'ROLLBACK_SUCCESSFUL';
  createdAt: number;
  startedAt: number;
  finishedAt?: number;
  /** Its PAUSE hook, if it has one. */
  pause?: DeploymentPause;
}

/** A deployment that waits, or has waited, for an action before its first task (PAUSE hook at PRE_SCALE_UP). */
export interface DeploymentPause {
  hookId: string;
  status: 'AWAITING_ACTION' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  expiresAt: number;
  /** What ECS does then. */
  timeoutAction: 'CONTINUE' | 'ROLLBACK';
}
