import * as v from 'valibot';
import { type AlertName, alertNames } from '../alerts/catalogue.ts';
import type { Config } from '../config/schema.ts';
import { datetime, int, strict } from '../core/schema.ts';

const labels = v.record(v.string(), v.pipe(v.string(), v.maxLength(4096)));
const Alert = v.object({
  status: v.picklist(['firing', 'resolved']),
  labels,
  startsAt: v.pipe(v.string(), v.isoTimestamp()),
  /** Sixteen hexadecimal digits over the labels. */
  fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{1,24}$/, 'must be up to 24 hexadecimal digits')),
});
export type AlertmanagerAlert = v.InferOutput<typeof Alert>;

/**
 * What Alertmanager posts, version 4; only what this product reads. Source: Alertmanager documentation,
 * configuration, webhook_config.
 */
export const AlertmanagerMessage = v.object({
  version: v.literal('4'),
  receiver: v.optional(v.string()),
  truncatedAlerts: v.optional(v.pipe(int, v.minValue(0))),
  alerts: v.pipe(v.array(Alert), v.maxLength(500)),
});
export type AlertmanagerMessage = v.InferOutput<typeof AlertmanagerMessage>;

/** The input of the execution that one firing alert starts; the same alert always gives the same bytes. */
export const AlertmanagerInput = strict({
  source: v.literal('alertmanager'),
  alert: v.picklist(alertNames),
  service: v.string(),
  environment: v.string(),
  startsAt: datetime,
  fingerprint: v.string(),
});
export type AlertmanagerInput = v.InferOutput<typeof AlertmanagerInput>;

/** What to do about one alert of a message. */
export type AlertDecision =
  | { start: true; name: string; input: AlertmanagerInput }
  | { start: false; alert: string; reason: string };

/**
 * Whether an alert starts a run, and under which name. Labels only select: `alert` (or else `alertname`) one of the
 * runbook's alerts,
 * `environment` this deployment's, `service` a configured one. The execution's name is made of the alert's fingerprint
 * and start, so a repeat, a retry or a second Alertmanager starts nothing twice. Pure.
 */
export function decideAlert(alert: AlertmanagerAlert, config: Config): AlertDecision {
  const { alertname = '', environment = '', service = '' } = alert.labels;
  const wanted = alert.labels.alert ?? alertname;
  const skip = (reason: string): AlertDecision => ({ start: false, alert: alertname.slice(0, 100), reason });
  if (alert.status === 'resolved') return skip('resolved');
  const name = alertNames.find((each): each is AlertName => each === wanted);
  if (!name)
    return skip(
      `label ${'alert' in alert.labels ? 'alert' : 'alertname'}: not one of ${alertNames.join(', ')}`,
    );
  if (environment !== config.environment) return skip(`label environment: not ${config.environment}`);
  if (!Object.hasOwn(config.services, service)) {
    return skip(`label service: not one of ${Object.keys(config.services).join(', ')}`);
  }
  const started = new Date(alert.startsAt);
  return {
    start: true,
    name: `alertmanager-${name}-${alert.fingerprint}-${started.getTime()}`,
    input: {
      source: 'alertmanager',
      alert: name,
      service,
      environment,
      startsAt: started.toISOString(),
      fingerprint: alert.fingerprint,
    },
  };
}
