import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { explain } from '../core/schema.ts';
import type { StepContext } from '../lambda/context.ts';
import { type AlertDecision, AlertmanagerMessage, decideAlert, groupAlerts } from './alertmanager-message.ts';
import { carriesToken } from './bearer-token.ts';
import { messageText, type SentBody } from './message-body.ts';

/** One request of Alertmanager, as the HTTP API hands it over. */
export interface WebhookRequest extends SentBody {
  authorization: string | undefined;
}

export interface WebhookAnswer {
  status: 200 | 400 | 401 | 413 | 415 | 500;
  body: Record<string, unknown>;
}

type WebhookTools = StepContext<'secrets' | 'states' | 'machine'>;

/**
 * Alertmanager's webhook: starts `emergency-scaling` once for all firing alerts of one name and configured service. 200
 * when every alert is dealt with, also when it was before; 500 when one could not be started, so that Alertmanager tries
 * again, which starts nothing twice. 4xx is final, Alertmanager does not repeat it: so no alert refuses another one.
 */
export async function receiveAlerts(request: WebhookRequest, context: WebhookTools): Promise<WebhookAnswer> {
  const { config, log } = context;
  const refuse = (status: WebhookAnswer['status'], error: string): WebhookAnswer => {
    log.warn('webhook refused', { status, error });
    return { status, body: { error } };
  };
  let allowed: boolean;
  try {
    allowed = await carriesToken(request.authorization, config.alertmanager.tokenSecrets, context);
  } catch (error) {
    log.error('tokens unavailable', { error: String(error) });
    return refuse(500, 'the webhook cannot check tokens at the moment');
  }
  if (!allowed) return refuse(401, 'a valid bearer token is required');
  const text = messageText(request);
  if (typeof text !== 'string') return refuse(text.status, text.error);
  const json = jsonOf(text);
  if (json === undefined) return refuse(400, 'the message is not JSON');
  const message = v.safeParse(AlertmanagerMessage, json);
  if (!message.success) return refuse(400, explain(message.issues).slice(0, 500));
  const decisions = message.output.alerts.map((alert, index) => decideAlert(alert, index, config));
  const faults = decisions.flatMap((one) => (one.act === 'refuse' ? [one.fault] : []));
  if (faults.length > 0 && !decisions.some(({ act }) => act === 'start')) {
    return refuse(400, faults.join('; ').slice(0, 500));
  }
  if (message.output.truncatedAlerts) {
    log.warn('Alertmanager left alerts out', { count: message.output.truncatedAlerts });
  }
  if (faults.length > 0) {
    log.error('alerts cannot be read', { count: faults.length, faults: faults.slice(0, listed) });
  }
  return startAll(groupAlerts(decisions), context);
}

/** As many kinds of ignored alerts, and of faults, as an answer and a log line name. */
const listed = 20;

async function startAll(decisions: readonly AlertDecision[], context: WebhookTools): Promise<WebhookAnswer> {
  const { log } = context;
  const results = await Promise.all(
    decisions.flatMap((one) => (one.act === 'start' ? [carryOut(one, context)] : [])),
  );
  const names = (result: Result['result']) =>
    results.flatMap((one) => (one.result === result ? [one.name] : []));
  const faulty = decisions.flatMap((one) => (one.act === 'refuse' ? [one.fault] : []));
  const summary = {
    started: names('started'),
    alreadyStarted: names('already-started'),
    ignored: ignoredOf(decisions),
    ...(faulty.length > 0 ? { faulty: { count: faulty.length, faults: faulty.slice(0, listed) } } : {}),
  };
  log.info('alerts received', summary);
  const failed = names('failed');
  if (failed.length === 0) return { status: 200, body: summary };
  return { status: 500, body: { error: `not started: ${failed.join(', ')}`, ...summary } };
}

/** What starts nothing, by kind and count: a storm holds thousands of the same, or of as many names. */
function ignoredOf(decisions: readonly AlertDecision[]): object[] {
  const kinds = new Map<string, { alert: string; reason: string; count: number }>();
  let others = 0;
  for (const decision of decisions) {
    if (decision.act !== 'skip') continue;
    const { alert, reason } = decision;
    const key = `${alert} ${reason}`;
    const kind = kinds.get(key);
    if (kind) kind.count += 1;
    else if (kinds.size < listed) kinds.set(key, { alert, reason, count: 1 });
    else others += 1;
  }
  return [...kinds.values(), ...(others > 0 ? [{ alert: '', reason: 'further alerts', count: others }] : [])];
}

interface Result {
  name: string;
  result: 'started' | 'already-started' | 'failed';
}

async function carryOut(
  { name, input }: Extract<AlertDecision, { act: 'start' }>,
  { states, machine, log }: WebhookTools,
): Promise<Result> {
  try {
    await states.send(
      new StartExecutionCommand({ stateMachineArn: machine.arn, name, input: JSON.stringify(input) }),
    );
    return { name, result: 'started' };
  } catch (error) {
    // The name and the input are the alert's own, so an execution of this name is this alert's run.
    if (error instanceof Error && error.name === 'ExecutionAlreadyExists')
      return { name, result: 'already-started' };
    log.error('the run could not be started', {
      name,
      error: error instanceof Error ? error.name : 'failed',
    });
    return { name, result: 'failed' };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
