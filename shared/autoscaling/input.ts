import * as v from 'valibot';
import { keyOf } from '../config/packaged.ts';
import type { ServiceConfig } from '../config/service.ts';
import { InvalidInputError } from '../core/errors.ts';
import { int, parse } from '../core/schema.ts';
import type { AutoscalingParameters, Request } from '../document/request.ts';
import { ceilingOf } from '../plan/guards/limits.ts';

export const tasks = v.optional(v.pipe(int, v.minValue(1, 'must be 1 or more')));

/** The parameters of the runbook's autoscaling script (Appendix), as a person types them at "Start execution". */
export const AutoscalingInput = v.object({
  minCapacity: tasks,
  maxCapacity: tasks,
  cpuTarget: v.optional(
    v.pipe(v.number(), v.minValue(1, 'must be 1 to 100'), v.maxValue(100, 'must be 1 to 100')),
  ),
  latencyTargetMilliseconds: v.optional(v.pipe(v.number(), v.gtValue(0, 'must be above 0'))),
  requestRateTarget: v.optional(v.pipe(v.number(), v.gtValue(0, 'must be above 0'))),
});
type AutoscalingInput = v.InferOutput<typeof AutoscalingInput>;

/**
 * The parameters of a request, or undefined where none is given.
 * @throws InvalidInputError that names the faulty field and what is allowed.
 */
export function autoscalingParameters(
  input: AutoscalingInput,
  machine: Request['machine'],
  service: ServiceConfig,
): AutoscalingParameters | undefined {
  const given = parse(AutoscalingInput, input);
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
      ? [`latencyTargetMilliseconds: ${keyOf(service)} has no latencyPolicy in the configuration`]
      : []),
    ...(given.requestRateTarget !== undefined && !service.requestPolicy
      ? [`requestRateTarget: ${keyOf(service)} has no requestPolicy in the configuration`]
      : []),
  ];
}
