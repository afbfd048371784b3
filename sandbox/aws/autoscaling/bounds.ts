import type { Site } from '../site.ts';
import { setDesiredCount } from './activities.ts';
import { type ScalableTarget, type ScalingStore, serviceOfResource } from './store.ts';

/**
 * Any registration, even one that only changes the suspended state, moves the count inside the bounds at once
 * (API_RegisterScalableTarget.html).
 */
export function clamp(site: Site, store: ScalingStore, target: ScalableTarget): void {
  const { resourceId, min, max } = target;
  const service = serviceOfResource(site, resourceId);
  if (service.desiredCount < min) {
    setDesiredCount(site, store, service, {
      resourceId,
      desired: min,
      cause: `minimum capacity was set to ${min}`,
    });
  } else if (service.desiredCount > max) {
    setDesiredCount(site, store, service, {
      resourceId,
      desired: max,
      cause: `maximum capacity was set to ${max}`,
    });
  }
}
