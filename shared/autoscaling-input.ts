import * as z from 'zod/mini';
import { ceilingOf } from './autoscaling-settings.ts';
import type { ServiceConfig } from './config.ts';
import type { AutoscalingParameters, Request } from './document.ts';
import { InvalidInputError } from './errors.ts';

const tasks = z.optional(z.int('must be a whole number').check(z.minimum(1, 'must be 1 or more')));

/** The parameters of the runbook's autoscaling script (Appendix), as a person types them at "Start execution". */
export const AutoscalingInput = z.object({
  minCapacity: tasks,
  maxCapacity: tasks,
  cpuTarget: z.optional(
    z.number().check(z.minimum(1, 'must be 1 to 100'), z.maximum(100, 'must be 1 to 100')),
  ),
  latencyTargetMilliseconds: z.optional(z.number().check(z.positive('must be above 0'))),
  requestRateTarget: z.optional(z.number().check(z.positive('must be above 0'))),
});
type AutoscalingInput = z.infer<typeof AutoscalingInput>;

/**
 * The parameters of a request, or undefined where none is given.
 * @throws InvalidInputError that names the faulty field and what is allowed.
 */
export function autoscalingParameters(
  input: AutoscalingInput,
  machine: Request['machine'],
  service: ServiceConfig,
): AutoscalingParameters | undefined {
  const given = AutoscalingInput.parse(input);
  const names = Object.keys(given);
  if (names.length === 0) return undefined;
  if (machine !== 'configure-autoscaling')
    throw new InvalidInputError(`${names.join(', ')}: only configure-autoscaling takes this`);
  const faults = [...boundsFaults(given, service), ...missingPolicies(given, service)];
  if (faults.length > 0) throw new InvalidInputError(faults.join('; '));
  return given;
}

function boundsFaults({ minCapacity, maxCapacity }: AutoscalingInput, service: ServiceConfig): string[] {
  const { baseline } = service.capacity;
  const ceiling = ceilingOf(service);
  const max = maxCapacity ?? baseline.max;
  return [
    ...(maxCapacity !== undefined && maxCapacity > ceiling
      ? [`maxCapacity: must be at most ${ceiling}, the ceiling of every run`]
      : []),
    ...((minCapacity ?? baseline.min) > max
      ? [`minCapacity: must be at most maxCapacity, which is ${max}`]
      : []),
  ];
}

function missingPolicies(given: AutoscalingInput, service: ServiceConfig): string[] {
  return [
    ...(given.latencyTargetMilliseconds !== undefined && !service.latencyPolicy
      ? [`latencyTargetMilliseconds: ${service.service} has no latencyPolicy in the configuration`]
      : []),
    ...(given.requestRateTarget !== undefined && !service.requestPolicy
      ? [`requestRateTarget: ${service.service} has no requestPolicy in the configuration`]
      : []),
  ];
}
