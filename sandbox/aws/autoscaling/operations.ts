import type { Alarms } from '../cloudwatch/alarms.ts';
import type { Operation, Operations } from '../input.ts';
import type { Recorder } from '../settings.ts';
import type { Site } from '../site.ts';
import { activityOperations } from './activities.ts';
import { policyOperations } from './policies.ts';
import { scheduledOperations } from './scheduled.ts';
import type { ScalingStore } from './store.ts';
import { targetOperations } from './targets.ts';

/** The service that a call names, if there is one; checking the input is the operation's own business. */
function namedService(site: Site, input: unknown) {
  if (typeof input !== 'object' || input === null || !('ResourceId' in input)) return undefined;
  const [, cluster = '', name = ''] = String(input.ResourceId).split('/');
  return site.world.service(cluster, name);
}

/** The operations of Application Auto Scaling; each is wrapped so that what it changes is recorded. */
export function scalingOperations(
  site: Site,
  store: ScalingStore,
  alarms: Alarms,
  recorded: Recorder,
): Operations {
  const operations = {
    ...targetOperations(site, store, alarms),
    ...policyOperations(site, store, alarms),
    ...activityOperations(site, store),
    ...scheduledOperations(site, store),
  };
  const wrap = (name: string, operation: Operation): Operation => {
    if (name.startsWith('Describe')) return operation;
    return (input, caller) => {
      const service = namedService(site, input);
      if (service === undefined) return operation(input, caller);
      return recorded(`application-autoscaling:${name}`, service, caller, () => operation(input, caller));
    };
  };
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, wrap(name, operation)]),
  );
}
