import { keyOf } from '../config/packaged.ts';
import type { ServiceConfig } from '../config/service.ts';
import { ThrottledError } from '../core/errors.ts';
import { tryParse } from '../core/schema.ts';
import type { NotTriedWhy, PreflightAsk } from '../document/preflight.ts';
import { ServiceRecord, serviceKey } from '../incident/service-record.ts';
import type { StepContext } from '../lambda/context.ts';

/**
 * Why no write may be tried now; undefined where it may. Present values are written once more only while nobody else may
 * be writing: not while a run holds the service or its settings are not given back, and not while the switch is off.
 */
export async function whyNoWrite(
  { writes }: PreflightAsk,
  service: ServiceConfig,
  context: StepContext<'store' | 'switch'>,
): Promise<NotTriedWhy | undefined> {
  if (!writes) return 'reads-only';
  const read = await Promise.all([
    context.store.read(serviceKey(service.cluster, keyOf(service))),
    context.switch.isOn(),
  ]).catch(() => undefined);
  if (!read) return 'unread';
  const [stored, on] = read;
  if (!on) return 'switched-off';
  const record = stored && tryParse(ServiceRecord, stored.body);
  const free = !stored || (record !== undefined && !record.incidentOpen && record.outcome !== undefined);
  return free ? undefined : 'incident-open';
}

/**
 * For a write of present values: it is never sent a second time. An answer that was lost comes back after seconds, and by
 * then the values may be others.
 * @throws ThrottledError, so that all is read and tried anew
 */
export const neverAgain = async (): Promise<void> => {
  throw new ThrottledError('the write of present values was not answered');
};
