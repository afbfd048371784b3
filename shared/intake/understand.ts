import * as v from 'valibot';
import { admissionDelayOf } from '../alerts/admission.ts';
import { alertNames, alertOfAlarm } from '../alerts/catalogue.ts';
import { alarmStem } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import { InvalidInputError } from '../core/errors.ts';
import { oneLine, plainTexts } from '../core/plain-text.ts';
import { datetime, parse, tryParse } from '../core/schema.ts';
import type { Reason } from '../document/reason.ts';
import { machines, type Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import { AlertmanagerInput } from './alertmanager-message.ts';
import { ConsoleInput, type FromInput, fromAlertmanager, fromConsole } from './inputs.ts';
import { pastedKind } from './pasted.ts';
import { isAlarmEvent, isAlertmanagerInput } from './run-service.ts';

const Execution = v.object({ arn: v.string(), name: v.string(), startedAt: datetime });

/** What the first state of every machine hands to `intake`. */
export const IntakeInput = v.object({
  machine: v.picklist(machines),
  input: v.unknown(),
  execution: Execution,
});

export type IntakeInput = v.InferOutput<typeof IntakeInput>;

/** A CloudWatch Alarm State Change event. Source: Alarm events and EventBridge, CloudWatch user guide. */
const AlarmEvent = v.object({
  id: v.string(),
  'detail-type': v.literal('CloudWatch Alarm State Change'),
  source: v.literal('aws.cloudwatch'),
  time: v.string(),
  detail: v.object({
    alarmName: v.string(),
    state: v.object({
      value: v.picklist(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
      reason: v.optional(v.string()),
      timestamp: v.optional(v.string()),
      actionsSuppressedBy: v.optional(v.string()),
    }),
  }),
});

type AlarmEvent = v.InferOutput<typeof AlarmEvent>;

/** What DescribeAlarms says of an alarm now; undefined when it could not be read. */
export type PresentState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'missing' | undefined;

/** The alarm that an input is about, if it is an alarm event: its present state has to be looked up. */
export function alarmOf(input: unknown): string | undefined {
  const detail = tryParse(AlarmEvent, input)?.detail;
  return detail?.state.value === 'ALARM' ? detail.alarmName : undefined;
}

/**
 * Turns an alarm event, an alert of Alertmanager or a console input into a request (design: The document that flows).
 * @throws InvalidInputError that names every faulty field and what is allowed.
 */
export function understand(intake: IntakeInput, present: PresentState, config: Config, now: Date): Request {
  const { machine, execution } = intake;
  const input = plainTexts(intake.input);
  const base = { machine, execution, environment: config.environment, receivedAt: now.toISOString() };
  if (isAlarmEvent(input)) {
    if (machine !== 'emergency-scaling')
      throw new InvalidInputError(`input: ${machine} takes a console input, not an alarm event`);
    return patient({ ...base, ...fromAlarm(parse(AlarmEvent, input), present, config, now) });
  }
  if (isAlertmanagerInput(input)) {
    if (machine !== 'emergency-scaling')
      throw new InvalidInputError(`input: ${machine} takes a console input, not an alert of Alertmanager`);
    return patient({ ...base, ...fromAlertmanager(parse(AlertmanagerInput, input), config) });
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidInputError(
      'input: must be a JSON object: an alarm event or a console input such as {"environment": "production"}',
    );
  }
  const pasted = pastedKind(input);
  if (pasted) throw new InvalidInputError(`input: this is ${pasted}; ${takes(machine)}`);
  return patient({ ...base, ...fromConsole(parse(ConsoleInput, input), machine, config) });
}

const takes = (machine: Request['machine']): string =>
  machine === 'emergency-scaling'
    ? 'give the whole event of EventBridge, with "detail-type", or a console input such as {"environment": "production", "alert": "HighCPU"}'
    : `${machine} takes a console input such as {"environment": "production"}`;

const patient = (request: Request): Request => ({
  ...request,
  admissionDelaySeconds: admissionDelayOf(request.alert),
});

function fromAlarm(event: AlarmEvent, present: PresentState, config: Config, now: Date): FromInput {
  const { alarmName, state } = event.detail;
  const found = alertOfAlarm(alarmName, config);
  if (!found) {
    const names = Object.values(config.services).map((service) => alarmStem(service, config));
    const allowed = `SERVICE-ALERT with a service of ${config.environment} (${names.join(', ')}) and an alert of ${alertNames.join(', ')}`;
    throw new InvalidInputError(`detail.alarmName: "${alarmName}" is not configured; allowed: ${allowed}`);
  }
  const ignored = whyIgnored(event, present, config, now);
  return {
    source: 'alarm',
    ...found,
    requestedBy: `CloudWatch alarm ${alarmName}`,
    dryRun: false,
    act: ignored === undefined,
    eventId: event.id,
    reasons: [
      ignored ??
        because('alarm-fires', { alarm: alarmName, said: state.reason && oneLine(state.reason, 300) }),
    ],
  };
}

/** Why an alarm event needs no run; undefined when it does. The alarm's present state decides, not the event's age. */
function whyIgnored(event: AlarmEvent, present: PresentState, config: Config, now: Date): Reason | undefined {
  const { alarmName: alarm, state } = event.detail;
  if (state.value !== 'ALARM') return because('alarm-not-firing', { alarm, state: state.value });
  if (state.actionsSuppressedBy) return because('alarm-suppressed', { alarm, by: state.actionsSuppressedBy });
  if (present === 'missing') return because('alarm-gone', { alarm });
  if (present === 'OK') return because('alarm-ok-by-now', { alarm });
  const ageSeconds = (now.getTime() - Date.parse(event.time)) / 1000;
  // Where the present state is unknown, only a fresh event may act.
  if (present === 'ALARM' || ageSeconds <= config.timing.eventMaxAgeSeconds) return undefined;
  return Number.isNaN(ageSeconds)
    ? because('alarm-of-no-time', { alarm })
    : because('alarm-too-old', { alarm, ageSeconds: Math.round(ageSeconds) });
}
