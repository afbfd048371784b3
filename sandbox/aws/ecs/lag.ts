import type { SimulatedService } from '../../world/model/types.ts';
import type { Output } from '../input.ts';
import type { Site } from '../site.ts';
import { serviceShape } from './shapes.ts';

/** Keeps how a service looked before a write, where answers lag behind. To be called right before the write. */
export function beforeWrite(site: Site, service: SimulatedService): void {
  if (!site.shownOf(service).lagSeconds) return;
  const kept = site.olderAnswers.get(service) ?? [];
  site.olderAnswers.set(service, [...kept, { at: site.now(), answer: serviceShape(site, service) }]);
}

/** The service as DescribeServices shows it: as it was before the first write that is not visible yet. */
export function describedService(site: Site, service: SimulatedService): Output {
  const lag = (site.shownOf(service).lagSeconds ?? 0) * 1000;
  const hidden = site.olderAnswers.get(service)?.find(({ at }) => at + lag > site.now());
  return hidden?.answer ?? serviceShape(site, service);
}
