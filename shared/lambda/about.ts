import * as v from 'valibot';
import type { About } from '../config/elsewhere.ts';
import { tryParse } from '../core/schema.ts';
import type { PreflightAsk } from '../document/preflight.ts';
import type { ResourceName } from './context.ts';

/** The resources of a service's own account and Region; all others are those of the stage. */
export const ofTheService = ['ecs', 'autoscaling', 'cloudwatch'] as const satisfies ResourceName[];

const WithDocument = v.object({
  document: v.object({
    request: v.object({ service: v.string(), execution: v.object({ name: v.string() }) }),
  }),
});

/** What the input of a step is about: its document says so. */
export function aboutOf(input: unknown): About | undefined {
  const request = tryParse(WithDocument, input)?.document.request;
  return request && { service: request.service, execution: request.execution.name };
}

/** What a preflight is about: all services of a share are in one account and Region. */
export function aboutAsk({ services: [service], execution }: PreflightAsk): About | undefined {
  return service === undefined ? undefined : { service, execution: execution.split(':').at(-1) ?? execution };
}
