import * as v from 'valibot';
import type { Incident } from '../document/incident.ts';
import { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import type { StepContext } from '../lambda/context.ts';
import type { NoticeKind } from './wording.ts';

export const ChannelName = v.picklist(['sns', 'pagerduty', 'chat']);

export type ChannelName = v.InferOutput<typeof ChannelName>;

/** What a notice is about: all that a channel is told beside the notice itself. */
export const NoticeSubject = v.object({
  environment: v.string(),
  /** Key of the service in the configuration; absent where it is not known. */
  service: v.optional(v.string()),
  /** The alert or state machine that led to it. */
  occasion: v.string(),
  incidentId: v.optional(v.string()),
  /** ARN of the execution. */
  execution: v.string(),
  reasons: v.array(Reason),
});

export type NoticeSubject = v.InferOutput<typeof NoticeSubject>;

/** The subject of a run's notices. */
export function subjectOf(
  request: Request,
  incident?: Incident,
  reasons: readonly Reason[] = request.reasons,
): NoticeSubject {
  return {
    environment: request.environment,
    service: request.service,
    occasion: request.alert ?? request.machine,
    ...(incident ? { incidentId: incident.id } : {}),
    execution: request.execution.arn,
    reasons: [...reasons],
  };
}

/** Which channels took a notice, and which did not; a failing channel stops nothing and is never silent. */
export interface Delivery {
  kind: NoticeKind;
  subject: string;
  sent: ChannelName[];
  /** `notBefore`: the channel asked not to be called before. */
  failed: { channel: ChannelName; error: string; notBefore?: string }[];
}

export type ChannelContext = StepContext<'notices' | 'http' | 'secrets'>;
