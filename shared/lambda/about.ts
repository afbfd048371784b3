import * as v from 'valibot';
import type { About } from '../config/elsewhere.ts';
import { tryParse } from '../core/schema.ts';
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
