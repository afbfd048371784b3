import {
  type ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  PutScalingPolicyCommand,
  paginateDescribeScalingActivities,
  paginateDescribeScalingPolicies,
  RegisterScalableTargetCommand,
  type ScalingActivity,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { oneLine } from '../core/plain-text.ts';
import {
  type Bounds,
  type CpuPolicy,
  cpuMetrics,
  type OtherPolicy,
  type Suspended,
} from '../document/settings.ts';
import { cpuMetricOf, specificationOfCpu } from './cpu-metric.ts';
import type { ServiceName } from './ecs.ts';
import { checkRepeats, type Precondition } from './repeated-attempts.ts';

/** What names a service's desired count in every call. Source: Application Auto Scaling API. */
export function scalable(name: ServiceName) {
  return {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/${name.cluster}/${name.service}`,
  } as const;
}

/** Bounds and suspended state of the registered target, or undefined when none is registered. */
export async function readBounds(
  client: ApplicationAutoScalingClient,
  name: ServiceName,
): Promise<Bounds | undefined> {
  const { ServiceNamespace, ScalableDimension, ResourceId } = scalable(name);
  const answer = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace, ScalableDimension, ResourceIds: [ResourceId] }),
  );
  const target = answer.ScalableTargets?.[0];
  if (target?.MinCapacity === undefined || target.MaxCapacity === undefined) return undefined;
  return {
    min: target.MinCapacity,
    max: target.MaxCapacity,
    suspended: {
      dynamicScalingIn: target.SuspendedState?.DynamicScalingInSuspended ?? false,
      dynamicScalingOut: target.SuspendedState?.DynamicScalingOutSuspended ?? false,
      scheduledScaling: target.SuspendedState?.ScheduledScalingSuspended ?? false,
    },
  };
}

/** Registers or updates the target. Every update re-clamps the desired count into the bounds, so order matters. */
export async function writeBounds(
  client: ApplicationAutoScalingClient,
  name: ServiceName,
  bounds: Bounds,
  check?: Precondition,
) {
  const command = new RegisterScalableTargetCommand({
    ...scalable(name),
    MinCapacity: bounds.min,
    MaxCapacity: bounds.max,
    SuspendedState: suspendedState(bounds.suspended),
  });
  command.middlewareStack.use(checkRepeats(check));
  await client.send(command);
}

// All three members every time: whether AWS keeps or resets an omitted one is not documented.
function suspendedState(suspended: Suspended) {
  return {
    DynamicScalingInSuspended: suspended.dynamicScalingIn,
    DynamicScalingOutSuspended: suspended.dynamicScalingOut,
    ScheduledScalingSuspended: suspended.scheduledScaling,
  };
}

/** Every scaling policy of the service, all pages (at most ten come per page). */
export async function readPolicies(
  client: ApplicationAutoScalingClient,
  name: ServiceName,
): Promise<ScalingPolicy[]> {
  const policies: ScalingPolicy[] = [];
  for await (const page of paginateDescribeScalingPolicies({ client }, scalable(name))) {
    policies.push(...(page.ScalingPolicies ?? []));
  }
  return policies;
}

/**
 * Names of the target-tracking policies on average CPU, by the minute or by 20 seconds, as the runbook makes one: whoever
 * has spelt the metric out is somebody else.
 */
export const cpuPolicyNames = (policies: readonly ScalingPolicy[]): string[] =>
  policies
    .filter(({ TargetTrackingScalingPolicyConfiguration: own }) => !own?.CustomizedMetricSpecification)
    .flatMap((policy) => asCpuPolicy(policy)?.name ?? []);

/**
 * The target-tracking policy on average CPU, whatever its name. AWS allows one per metric as it is specified, and there are
 * several specifications of this one: where more than one has a policy, `prefers` tells which counts.
 */
export function cpuPolicyOf(
  policies: readonly ScalingPolicy[],
  prefers: (name: string) => boolean = () => true,
): CpuPolicy | undefined {
  const found = policies.flatMap((policy) => asCpuPolicy(policy) ?? []);
  return found.find(({ name }) => prefers(name)) ?? found[0];
}

function asCpuPolicy(policy: ScalingPolicy): CpuPolicy | undefined {
  const tracking = policy.TargetTrackingScalingPolicyConfiguration;
  const metric = cpuMetricOf(policy);
  if (!metric || tracking?.TargetValue === undefined || !policy.PolicyName) return undefined;
  return {
    name: policy.PolicyName,
    ...(metric === cpuMetrics[0] ? {} : { metric }),
    target: tracking.TargetValue,
    // Application Auto Scaling's default for ECS where a policy names no cooldown.
    scaleOutCooldownSeconds: tracking.ScaleOutCooldown ?? 300,
    scaleInCooldownSeconds: tracking.ScaleInCooldown ?? 300,
    disableScaleIn: tracking.DisableScaleIn ?? false,
  };
}

/** The policies beside the CPU policy, in full. Source: Application Auto Scaling API, ScalingPolicy. */
export const otherPoliciesOf = (
  policies: readonly ScalingPolicy[],
  cpuPolicy: CpuPolicy | undefined = cpuPolicyOf(policies),
): OtherPolicy[] =>
  policies
    .filter(({ PolicyName }) => PolicyName !== cpuPolicy?.name)
    .map((policy) => ({
      name: policy.PolicyName ?? '',
      type: policy.PolicyType ?? '',
      definition:
        policy.TargetTrackingScalingPolicyConfiguration ??
        policy.StepScalingPolicyConfiguration ??
        policy.PredictiveScalingPolicyConfiguration,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** Puts the CPU policy under its own name, which changes it in place. */
export async function writeCpuPolicy(
  client: ApplicationAutoScalingClient,
  name: ServiceName,
  policy: CpuPolicy,
  check?: Precondition,
) {
  const command = new PutScalingPolicyCommand({
    ...scalable(name),
    PolicyName: policy.name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: policy.target,
      ScaleOutCooldown: policy.scaleOutCooldownSeconds,
      ScaleInCooldown: policy.scaleInCooldownSeconds,
      DisableScaleIn: policy.disableScaleIn,
      ...specificationOfCpu(policy.metric ?? cpuMetrics[0]),
    },
  });
  command.middlewareStack.use(checkRepeats(check));
  await client.send(command);
}

/** Deletes a policy; one that is already gone is fine. */
export async function deletePolicy(
  client: ApplicationAutoScalingClient,
  name: ServiceName,
  policyName: string,
  check?: Precondition,
) {
  const command = new DeleteScalingPolicyCommand({ ...scalable(name), PolicyName: policyName });
  command.middlewareStack.use(checkRepeats(check));
  await client.send(command).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ObjectNotFoundException') return;
    throw error;
  });
}

/** What an activity has set, by its description: "Setting desired count to 9.", or min and max by a schedule. */
export interface SetByActivity {
  count?: number;
  min?: number;
  max?: number;
}

function setBy({ Description = '', StatusCode }: ScalingActivity): SetByActivity {
  if (StatusCode === 'Failed') return {};
  const found = (name: 'count' | 'min' | 'max', what: RegExp) => {
    const value = what.exec(Description)?.[1];
    return value === undefined ? {} : { [name]: Number(value) };
  };
  return {
    ...found('count', /desired count to (\d+)/i),
    ...found('min', /min(?:imum)? capacity to (\d+)/i),
    ...found('max', /max(?:imum)? capacity to (\d+)/i),
  };
}

const recentActivities = 10;

/** The latest scaling activities, newest first, with those that did not scale and why. */
export async function readActivities(client: ApplicationAutoScalingClient, name: ServiceName) {
  const answer = await client.send(
    new DescribeScalingActivitiesCommand({
      ...scalable(name),
      IncludeNotScaledActivities: true,
      MaxResults: recentActivities,
    }),
  );
  return (answer.ScalingActivities ?? []).map((activity) => {
    const why = (activity.NotScaledReasons ?? []).map(({ Code }) => Code).join(', ');
    const text = `${activity.Description ?? ''} ${activity.Cause ?? ''}${why ? ` Not scaled: ${why}.` : ''}`;
    return {
      at: (activity.StartTime ?? new Date(0)).toISOString(),
      ...setBy(activity),
      text: oneLine(text, 300),
    };
  });
}

/**
 * What Application Auto Scaling itself has set at or after `since`, newest first: what tells its changes from a
 * person's. Source: DescribeScalingActivities.
 */
export async function setByAutoscaling(
  client: ApplicationAutoScalingClient,
  name: ServiceName,
  since: Date,
): Promise<(SetByActivity & { at: string })[]> {
  const found: (SetByActivity & { at: string })[] = [];
  for await (const page of paginateDescribeScalingActivities({ client }, scalable(name))) {
    for (const activity of page.ScalingActivities ?? []) {
      // Newest first: everything after this one is older.
      if (activity.StartTime && activity.StartTime < since) return found;
      const set = setBy(activity);
      const at = (activity.StartTime ?? new Date(0)).toISOString();
      if (Object.keys(set).length > 0) found.push({ at, ...set });
    }
  }
  return found;
}
