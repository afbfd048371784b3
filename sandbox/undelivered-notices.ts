import { z } from 'zod';
import type { Sandbox } from './sandbox.ts';

/** A notice that a channel did not take. */
export interface UndeliveredNotice {
  at: string;
  kind: string;
  channel: string;
  error: string;
}

const Fields = z.object({
  kind: z.string(),
  failed: z.array(z.object({ channel: z.string(), error: z.string() })),
});

/** What `notify` has logged of channels that failed. */
export function undeliveredNotices({ logs }: Pick<Sandbox, 'logs'>): UndeliveredNotice[] {
  return logs.flatMap(({ functionName, at, fields }) => {
    const delivery = functionName === 'notify' ? Fields.safeParse(fields).data : undefined;
    const time = new Date(at).toISOString();
    return (delivery?.failed ?? []).map((failure) => ({ at: time, kind: delivery?.kind ?? '', ...failure }));
  });
}
