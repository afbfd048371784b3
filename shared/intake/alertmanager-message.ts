import * as v from 'valibot';
import { type AlertName, alertNames } from '../alerts/catalogue.ts';
import type { Config } from '../config/schema.ts';
import { datetime, explain, strict } from '../core/schema.ts';

/** What another team's alert holds never refuses ours: a value that is no text is as if it were not there. */
const label = v.fallback(v.optional(v.string()), undefined);

/** The labels that select; everything else of an alert is its sender's. */
const Selected = v.object({
  labels: v.object({ alert: label, alertname: label, environment: label, service: label }),
});

/** An alert that our labels select, judged. */
const Alert = v.object({
  startsAt: v.pipe(v.string(), v.isoTimestamp()),
  /** Sixteen hexadecimal digits over the labels. */
  fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{1,24}$/, 'must be up to 24 hexadecimal digits')),
  status: v.picklist(['firing', 'resolved']),
});

/**
 * What Alertmanager posts, version 4, and Grafana's own alerting in the same shape, version 1; only what this product
 * reads. Each alert is judged by itself. Source: Alertmanager documentation, configuration, webhook_config; Grafana
 * documentation, webhook notifier.
 */
export const AlertmanagerMessage = v.object({
  version: v.picklist(['4', '1']),
  truncatedAlerts: v.fallback(v.optional(v.number()), undefined),
  alerts: v.array(v.unknown()),
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
  | { act: 'start'; name: string; input: AlertmanagerInput }
  | { act: 'skip'; alert: string; reason: string }
  /** Our labels select it, but it cannot be read. */
  | { act: 'refuse'; fault: string };

/**
 * Whether an alert starts a run, and under which name. Labels only select: `alert` (or else `alertname`) one of the
 * runbook's alerts, `environment` this deployment's, `service` a configured one; only what they select is judged. The
 * execution's name is made of the alert's fingerprint and start, so a repeat, a retry or a second Alertmanager starts
 * nothing twice. Pure.
 * @param index the alert's place in its message, by which a fault is named.
 */
export function decideAlert(given: unknown, index: number, config: Config): AlertDecision {
  const selected = v.safeParse(Selected, given);
  if (!selected.success) return { act: 'skip', alert: '', reason: 'not an alert' };
  const { labels } = selected.output;
  const skip = (reason: string): AlertDecision => ({ act: 'skip', alert: shown(labels.alertname), reason });
  const ours = select(labels, config);
  if (typeof ours === 'string') return skip(ours);
  const judged = v.safeParse(Alert, given);
  if (!judged.success) return { act: 'refuse', fault: faultOf(judged.issues, index) };
  const { status, fingerprint, startsAt } = judged.output;
  if (status === 'resolved') return skip('resolved');
  const started = new Date(startsAt);
  return {
    act: 'start',
    name: `alertmanager-${ours.alert}-${fingerprint}-${started.getTime()}`,
    input: {
      source: 'alertmanager',
      ...ours,
      environment: config.environment,
      startsAt: started.toISOString(),
      fingerprint,
    },
  };
}

/** What the labels select, or which of them selects nothing. */
function select(
  { alert, alertname = '', environment, service = '' }: v.InferOutput<typeof Selected>['labels'],
  config: Config,
): { alert: AlertName; service: string } | string {
  const name = alertNames.find((each): each is AlertName => each === (alert ?? alertname));
  if (!name) {
    if (alert === undefined && alertname === grafanasTest) return 'the test of Grafana: received';
    return `label ${alert === undefined ? 'alertname' : 'alert'}: not one of ${alertNames.join(', ')}`;
  }
  if (environment !== config.environment) return `label environment: not ${config.environment}`;
  if (!Object.hasOwn(config.services, service)) {
    return `label service: not one of ${Object.keys(config.services).join(', ')}`;
  }
  return { alert: name, service };
}

/** The name of the alert that Grafana's test button sends. */
const grafanasTest = 'TestAlert';

const shown = (alertname = '') => alertname.slice(0, 100);

const faultOf = (issues: Parameters<typeof explain>[0], index: number) =>
  explain(issues)
    .split('; ')
    .map((fault) => `alerts.${index}.${fault}`)
    .join('; ')
    .slice(0, 300);

/**
 * One run for all alerts of one name and service in a message: the earliest of them names it, so that a further one that
 * joins the group later changes nothing. Pure.
 */
export function groupAlerts(decisions: readonly AlertDecision[]): AlertDecision[] {
  const earliest = new Map<string, Extract<AlertDecision, { act: 'start' }>>();
  for (const decision of decisions) {
    if (decision.act !== 'start') continue;
    const key = groupOf(decision.input);
    const before = earliest.get(key);
    if (!before || orderOf(decision.input) < orderOf(before.input)) earliest.set(key, decision);
  }
  return decisions.map((decision) =>
    decision.act !== 'start' || earliest.get(groupOf(decision.input)) === decision
      ? decision
      : {
          act: 'skip',
          alert: decision.input.alert,
          reason: 'one run for every alert of this name and service',
        },
  );
}

const groupOf = ({ alert, service }: AlertmanagerInput) => `${alert} ${service}`;
const orderOf = ({ startsAt, fingerprint }: AlertmanagerInput) => `${startsAt} ${fingerprint}`;
