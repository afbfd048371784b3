import * as v from 'valibot';
import { states } from '../../shared/aws/clients.ts';
import { machine } from '../../shared/aws/platform.ts';
import { secrets } from '../../shared/aws/secrets.ts';
import { receiveAlerts } from '../../shared/intake/alertmanager-webhook.ts';
import type { StepContext } from '../../shared/lambda/context.ts';
import { lambda, step } from '../../shared/lambda/step.ts';
import { tokenTrials } from '../../shared/preflight/parameters.ts';
import { startTrial } from '../../shared/preflight/states.ts';
import { tried } from '../../shared/preflight/trials.ts';

/** An HTTP API request, payload format 2.0; only what this function reads. */
const HttpRequest = v.object({
  headers: v.optional(v.record(v.string(), v.string()), {}),
  body: v.optional(v.string()),
  isBase64Encoded: v.optional(v.boolean()),
});

/** Alertmanager's webhook (runbook: Quick Reference): firing alerts start emergency scaling, once each. */
export const alertWebhook = step({
  name: 'alert-webhook',
  input: HttpRequest,
  async run(
    { headers, body = '', isBase64Encoded = false },
    context: StepContext<'secrets' | 'states' | 'machine'>,
  ) {
    const { authorization, 'content-encoding': encoding } = headers;
    const answer = await receiveAlerts({ authorization, encoding, body, isBase64Encoded }, context);
    return {
      statusCode: answer.status,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...(answer.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      },
      body: JSON.stringify(answer.body),
    };
  },
  preflight: (ask, context: StepContext<'secrets' | 'states' | 'machine'>) =>
    tried(
      'alert-webhook',
      [
        ...tokenTrials(context.secrets, context.config.alertmanager.tokenSecrets),
        startTrial(context.states, context.machine.arn, ask, context.config.environment),
      ],
      context,
    ),
});

export const handler = lambda(alertWebhook, { secrets, states, machine });
