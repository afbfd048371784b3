import type { AlertName } from '../../alerts/catalogue.ts';
import { oneLine } from '../../core/plain-text.ts';
import { duration, moment } from '../text.ts';

type Alarm = { alarm: string };
type By = { by: string };

/** Who asked for a run and why, or why none is needed. */
export const requestReasons = {
  /** `said` is CloudWatch's own text. */
  'alarm-fires': ({ alarm, said }: Alarm & { said?: string | undefined }) =>
    `${alarm} is in ALARM${said ? `: ${oneLine(said)}` : ''}`,
  'alarm-not-firing': ({ alarm, state }: Alarm & { state: string }) =>
    `${alarm} went to ${state}: nothing to do`,
  'alarm-suppressed': ({ alarm, by }: Alarm & By) => `${alarm} is suppressed by ${oneLine(by)}`,
  'alarm-gone': ({ alarm }: Alarm) => `${alarm} does not exist any more`,
  'alarm-ok-by-now': ({ alarm }: Alarm) => `${alarm} is OK by now: the event is late or a repeat`,
  'alarm-too-old': ({ alarm, ageSeconds }: Alarm & { ageSeconds: number }) =>
    `${alarm}: the event is ${duration(ageSeconds)} old and the alarm's present state is unknown`,
  'alarm-of-no-time': ({ alarm }: Alarm) =>
    `${alarm}: the event does not say when it was sent, and the alarm's present state is unknown`,
  'alertmanager-fires': ({ alert, since }: { alert: AlertName; since: string }) =>
    `${alert} fires in Prometheus since ${moment(since)}`,
  'asked-by': ({ by }: By) => `asked for by ${oneLine(by)}`,
  'asked-for-tasks': ({ by }: By) => `more tasks are asked for by ${oneLine(by)}`,
  'asked-but-ok': ({ by }: By) => `more tasks were asked for by ${oneLine(by)}, but every metric is ok now`,
  'alert-asks-for-person': ({ alert }: { alert: AlertName }) => `${alert} asks for a person at once`,
  /** What a person or a workflow gave as a reason, in its own words. */
  said: ({ said }: { said: string }) => oneLine(said),
};
