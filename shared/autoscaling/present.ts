import { readBounds, readPolicies } from '../aws/autoscaling.ts';
import { readService, type ServiceName } from '../aws/ecs.ts';
import type { StepContext } from '../lambda/context.ts';
import type { PresentAutoscaling } from './settings.ts';
import { trackingPoliciesOf } from './tracking-policies.ts';

/**
 * The autoscaling of a service as it is now, read side by side.
 * @throws ServiceNotUsableError when the service is missing or not ACTIVE.
 */
export async function readAutoscalingOf(
  name: ServiceName,
  { ecs, autoscaling }: StepContext<'ecs' | 'autoscaling'>,
): Promise<PresentAutoscaling> {
  const [view, bounds, policies] = await Promise.all([
    readService(ecs, name),
    readBounds(autoscaling, name),
    readPolicies(autoscaling, name),
  ]);
  return { desired: view.desired, ...(bounds ? { bounds } : {}), ...trackingPoliciesOf(policies) };
}
