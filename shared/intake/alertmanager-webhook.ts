import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { explain } from '../core/schema.ts';
import type { StepContext } from '../lambda/context.ts';
import { type AlertDecision, AlertmanagerMessage, decideAlert } from './alertmanager-message.ts';
import { carriesToken } from './bearer-token.ts';

/** One request of Alertmanager, as the HTTP API hands it over. */
export interface WebhookRequest {
  authorization: string | undefined;
  body: string;
}

export interface WebhookAnswer {
  status: 200 | 400 | 401 | 413 | 500;
  body: Record<string, unknown>;
}

/** 500 alerts with many labels stay below this. */
export const largestMessage = 262_144;

type WebhookTools = StepContext<'secrets' | 'states' | 'machine'>;

/**
 * Alertmanager's webhook: starts `emergency-scaling` once for each firing alert of a configured service. 200 when every
 * alert is dealt with, also when it was before; 500 when one could not be started, so that Alertmanager tries again,
 * which starts nothing twice. 4xx is final: Alertmanager does not repeat it.
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
  if (Buffer.byteLength(request.body) > largestMessage) {
    return refuse(413, `the message is larger than ${largestMessage} bytes`);
  }
  const json = jsonOf(request.body);
  if (json === undefined) return refuse(400, 'the message is not JSON');
  const message = v.safeParse(AlertmanagerMessage, json);
  if (!message.success) return refuse(400, explain(message.issues).slice(0, 500));
  return startAll(message.output, context);
}

async function startAll(message: AlertmanagerMessage, context: WebhookTools): Promise<WebhookAnswer> {
  const { log, config } = context;
  if (message.truncatedAlerts) log.warn('Alertmanager left alerts out', { count: message.truncatedAlerts });
  const decisions = message.alerts.map((alert) => decideAlert(alert, config));
  const results = await Promise.all(decisions.map((decision) => carryOut(decision, context)));
  const names = (result: Result['result']) =>
    results.flatMap((one) => (one.result === result ? [one.name] : []));
  const summary = {
    started: names('started'),
    alreadyStarted: names('already-started'),
    ignored: decisions.flatMap((one) => (one.start ? [] : [{ alert: one.alert, reason: one.reason }])),
  };
  log.info('alerts received', summary);
  const failed = names('failed');
  if (failed.length === 0) return { status: 200, body: summary };
  return { status: 500, body: { error: `not started: ${failed.join(', ')}`, ...summary } };
}

interface Result {
  name: string;
  result: 'started' | 'already-started' | 'ignored' | 'failed';
}

async function carryOut(decision: AlertDecision, { states, machine, log }: WebhookTools): Promise<Result> {
  if (!decision.start) return { name: decision.alert, result: 'ignored' };
  const { name, input } = decision;
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
