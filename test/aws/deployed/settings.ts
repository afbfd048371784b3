import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import * as usual from '../calls/call.ts';
import type { Clients } from '../clients.ts';

/** What a run changes and gives back, as moto says it. */
export async function settingsOf(
  { ecs, scaling }: Clients,
  { cluster, service }: { cluster: string; service: string } = usual,
) {
  const resourceId = `service/${cluster}/${service}`;
  const services = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const target = { ServiceNamespace: 'ecs' as const };
  const targets = await scaling.send(
    new DescribeScalableTargetsCommand({ ...target, ResourceIds: [resourceId] }),
  );
  const policies = await scaling.send(
    new DescribeScalingPoliciesCommand({ ...target, ResourceId: resourceId }),
  );
  const [{ MinCapacity, MaxCapacity, SuspendedState } = {}] = targets.ScalableTargets ?? [];
  return {
    desired: services.services?.[0]?.desiredCount,
    min: MinCapacity,
    max: MaxCapacity,
    scalingInSuspended: SuspendedState?.DynamicScalingInSuspended ?? false,
    cpu: policies.ScalingPolicies?.map(
      ({ PolicyName, TargetTrackingScalingPolicyConfiguration: policy }) => ({
        name: PolicyName,
        target: policy?.TargetValue,
        out: policy?.ScaleOutCooldown,
        in: policy?.ScaleInCooldown,
      }),
    ),
  };
}

/** What they are after createAccount. */
export const before = {
  desired: 3,
  min: 1,
  max: 10,
  scalingInSuspended: false,
  cpu: [{ name: 'buywhere-api-cpu-scaling', target: 70, out: 60, in: 300 }],
};
