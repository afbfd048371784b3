import { assertItsTargetGroup } from '../assess/target-groups.ts';
import { readBounds, readPolicies } from '../aws/autoscaling.ts';
import { readService } from '../aws/ecs.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { StepContext } from '../lambda/context.ts';
import type { PresentAutoscaling } from './settings.ts';
import { trackingPoliciesOf } from './tracking-policies.ts';

/**
 * The autoscaling of a service as it is now, read side by side.
 * @throws ServiceNotUsableError when the service is missing, not ACTIVE, or does not have its target group: its policies
 *   would follow another's requests.
 */
export async function readAutoscalingOf(
  service: ServiceConfig,
  { ecs, autoscaling }: StepContext<'ecs' | 'autoscaling'>,
): Promise<PresentAutoscaling> {
  const [view, bounds, policies] = await Promise.all([
    readService(ecs, service),
    readBounds(autoscaling, service),
    readPolicies(autoscaling, service),
  ]);
  assertItsTargetGroup(service, view);
  return { desired: view.desired, ...(bounds ? { bounds } : {}), ...trackingPoliciesOf(policies) };
}
