import * as v from 'valibot';
import { alertOfAlarm } from '../alerts/catalogue.ts';
import type { Config } from '../config/schema.ts';
import { tryParse } from '../core/schema.ts';
import { jsonOf } from '../format/errors.ts';

const AlarmInput = v.object({ detail: v.object({ alarmName: v.string() }) });
const OwnInput = v.object({ environment: v.string(), service: v.optional(v.string()) });

/**
 * The configured service that an execution was about, by its input: an alarm event, or what a person, a workflow or
 * Alertmanager gave. Undefined where the input does not say, or was too large for the event. Pure.
 */
export function serviceOfInput(input: string | null | undefined, config: Config): string | undefined {
  const services = Object.keys(config.services);
  const json = jsonOf(input ?? '');
  const alarm = tryParse(AlarmInput, json)?.detail.alarmName;
  if (alarm !== undefined) return alertOfAlarm(alarm, config)?.service;
  const own = tryParse(OwnInput, json);
  if (own?.environment !== config.environment) return undefined;
  const [only, ...others] = services;
  return own.service === undefined
    ? others.length === 0
      ? only
      : undefined
    : services.find((name) => name === own.service);
}

/** An event of EventBridge: an alarm's. */
export const isAlarmEvent = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'detail-type' in input;

/** What the webhook gives for an alert of Alertmanager. */
export const isAlertmanagerInput = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'source' in input && input.source === 'alertmanager';

/**
 * Whether an execution's input was typed by a person: no alarm's, no alert's, and no other run's. Who typed it sees at once
 * that it was refused. An input that the event left out may be anybody's. Pure.
 */
export function isTypedByPerson(input: string | null | undefined): boolean {
  if (input === null || input === undefined) return false;
  const json = jsonOf(input);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return true;
  return !isAlarmEvent(json) && !isAlertmanagerInput(json) && !('startedBy' in json);
}
