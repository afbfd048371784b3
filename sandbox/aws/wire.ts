import type { PoolSizes } from '../world/model/database-pool.ts';
/** What crosses the wire between the AWS SDK and the sandbox: plain HTTP requests and responses as values. */

/** One HTTP request as the sandbox sees it, whether it came over a socket or straight from an SDK client. */
export interface WireRequest {
  method: string;
  /** Path with the query string, for example `/` or `/v2/email/outbound-emails`. */
  path: string;
  /** Header names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** Who calls: the name of a function (`scale-out`), `person` or `aws-cli`. Recorded, never interpreted. */
  caller: string;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One API call, after it was answered. */
export interface CallRecord {
  /** Virtual time, milliseconds since the epoch. */
  at: number;
  caller: string;
  /** Service prefix as in IAM: `ecs`, `application-autoscaling`, `cloudwatch`, `states`, `sns`, `ses`, `ssm`. */
  service: string;
  operation: string;
  input: unknown;
  /** AWS error name, absent on success. */
  error?: string;
}

/** One change of a setting of a service, by an API call or by Application Auto Scaling itself. */
export interface WriteRecord {
  /** Virtual time, milliseconds since the epoch. */
  at: number;
  /** The caller of the API, or `application-autoscaling` for what a policy did. */
  who: string;
  /** For example `ecs:UpdateService`. */
  call: string;
  /** `cluster/service`. */
  service: string;
  /** Only the fields that changed, before and after. */
  from: Record<string, unknown>;
  to: Record<string, unknown>;
  /** Why Application Auto Scaling did it, in the words of its activities. */
  cause?: string;
}

/**
 * A fault at the wire. `timeout-before`: the call never took effect and the client sees a time-out.
 * `timeout-after`: it took effect and the client sees a time-out all the same.
 */
export type Fault =
  | { kind: 'error'; name: string; message: string; status: number }
  | { kind: 'timeout-before' | 'timeout-after' }
  | { kind: 'delay'; milliseconds: number };

/** Asked before each call; returns the fault to inject, if any. */
export type FaultPlan = (call: Omit<CallRecord, 'error'>) => Fault | undefined;

/** The settings of a service that a run may change and must give back. */
export interface ServiceSettings {
  desired: number;
  running: number;
  pending: number;
  taskDefinition: string;
  /** Absent when no scalable target is registered. */
  min?: number;
  max?: number;
  suspended?: { dynamicScalingIn: boolean; dynamicScalingOut: boolean; scheduledScaling: boolean };
  policies: {
    name: string;
    type: string;
    metric: string;
    target?: number;
    scaleOutCooldown?: number;
    scaleInCooldown?: number;
    disableScaleIn?: boolean;
  }[];
  /** The sizes of each PgBouncer. */
  pools: readonly PoolSizes[];
  /** The cache: what it does when it is full, and how many keys it has. */
  cache: { policy: string; keys: number };
}
