import { arn } from '../../place.ts';
import type { SimulatedService } from '../../world/model/types.ts';
import { AwsError } from '../errors.ts';
import type { Site } from '../site.ts';
import { DIMENSION, NAMESPACE } from './names.ts';
import type { StepScaling, TargetTracking } from './schemas.ts';

/** A policy of a scalable target, with what its cooldowns need to remember. */
export interface ScalingPolicy {
  name: string;
  arn: string;
  targetTracking?: TargetTracking;
  stepScaling?: StepScaling;
  createdAt: number;
  /** Names of the alarms that Application Auto Scaling made for a target-tracking policy. */
  alarms?: { high: string; low: string };
  /** The scale-out whose cooldown may be running: its time and the running count that it was computed from. */
  lastOut?: { at: number; base: number };
  lastInAt?: number;
}

export interface Suspended {
  DynamicScalingInSuspended: boolean;
  DynamicScalingOutSuspended: boolean;
  ScheduledScalingSuspended: boolean;
}

export interface ScalableTarget {
  resourceId: string;
  cluster: string;
  serviceName: string;
  arn: string;
  min: number;
  max: number;
  suspended: Suspended;
  createdAt: number;
  /** In order of creation. */
  policies: Map<string, ScalingPolicy>;
}

/** Why a triggered policy changed nothing (API_NotScaledReason.html). */
export type NotScaledCode =
  | 'AutoScalingAnticipatedFlapping'
  | 'TargetServicePutResourceAsUnscalable'
  | 'AlreadyAtMaxCapacity'
  | 'AlreadyAtMinCapacity'
  | 'AlreadyAtDesiredCapacity';

export interface NotScaledReason {
  Code: NotScaledCode;
  MaxCapacity?: number;
  MinCapacity?: number;
  CurrentCapacity?: number;
}

export interface ScalingActivity {
  id: string;
  resourceId: string;
  description: string;
  cause: string;
  startedAt: number;
  endedAt?: number;
  status: 'InProgress' | 'Successful' | 'Overridden' | 'Failed';
  statusMessage?: string;
  /** The desired count that was set; absent when nothing was set. */
  desired?: number;
  notScaled?: NotScaledReason;
}

/** Sets the bounds at one moment. */
export interface ScheduledAction {
  id: string;
  name: string;
  resourceId: string;
  schedule: string;
  /** Milliseconds. */
  dueAt: number;
  min?: number;
  max?: number;
  createdAt: number;
  /** Its moment is over, whether it was carried out or scheduled scaling was suspended. */
  passed?: true;
}

/** Everything that Application Auto Scaling knows. */
export interface ScalingStore {
  targets: Map<string, ScalableTarget>;
  /** By resource and name. */
  scheduled: Map<string, ScheduledAction>;
  /** Oldest first. */
  activities: ScalingActivity[];
}

/** The only error name of Application Auto Scaling for input that it refuses. */
export const INVALID = 'ValidationException';

export function resourceIdOf(cluster: string, serviceName: string): string {
  return `service/${cluster}/${serviceName}`;
}

/** The ECS service behind a resource id. @throws AwsError ValidationException */
export function serviceOfResource(site: Site, resourceId: string): SimulatedService {
  const [kind, cluster, name, ...rest] = resourceId.split('/');
  if (kind !== 'service' || cluster === undefined || name === undefined || rest.length > 0) {
    throw new AwsError(
      INVALID,
      `Unsupported service namespace, resource type or scalable dimension: ${resourceId}`,
    );
  }
  const service = site.world.service(cluster, name);
  if (service === undefined || service.status === 'INACTIVE') {
    throw new AwsError(INVALID, `ECS service doesn't exist: ${resourceId}`);
  }
  return service;
}

/** @throws AwsError ObjectNotFoundException */
export function requireTarget(store: ScalingStore, resourceId: string): ScalableTarget {
  const target = store.targets.get(resourceId);
  if (target === undefined) {
    throw new AwsError(
      'ObjectNotFoundException',
      `No scalable target found for service namespace: ${NAMESPACE}, resource ID: ${resourceId}, scalable dimension: ${DIMENSION}`,
    );
  }
  return target;
}

/** `arn:PARTITION:autoscaling:R:A:scalingPolicy:UUID:resource/ecs/service/C/S:policyName/NAME` */
export function policyArn(site: Site, id: string, resourceId: string, name: string): string {
  return arn(
    site,
    'autoscaling',
    `scalingPolicy:${id}:resource/${NAMESPACE}/${resourceId}:policyName/${name}`,
  );
}
