import * as v from 'valibot';
import { alertNames } from '../../shared/alerts/catalogue.ts';
import { tryParse } from '../../shared/core/schema.ts';
import { largestMessage } from '../../shared/intake/message-body.ts';
import { numberAt, textAt } from '../facts/values.ts';
import type { Invocation, Recording } from '../record/recording.ts';
import { type Checker, clock, each } from './checker.ts';

const received = (recording: Recording) =>
  recording.invocations.filter(({ function: name, result }) => name === 'alert-webhook' && result);

const isAuthorized = ({ event }: Invocation) =>
  textAt(event, 'headers', 'authorization')?.includes('sandbox-value-of-') ?? false;

/** Scenarios 30 and 58, and forged alerts: what the webhook must not take is refused before it is read. */
export const webhookRefuses: Checker = {
  name: '30 the webhook refuses',
  check: (recording) =>
    each(received(recording), (invocation) => {
      const { event, result, startedAt } = invocation;
      const unpacked = Number(textAt(event, 'headers', 'x-unpacked-bytes') ?? 0);
      const size = Math.max(textAt(event, 'body')?.length ?? 0, unpacked);
      const taken = (numberAt(result, 'statusCode') ?? 0) < 400;
      return taken && (!isAuthorized(invocation) || size > largestMessage)
        ? `${clock(startedAt)} a message of ${size} bytes is taken`
        : undefined;
    }),
};

const Labels = v.object({ alertname: v.string(), service: v.string() });
const Sent = v.object({ alerts: v.array(v.object({ labels: Labels })) });
const Answer = v.object({ started: v.array(v.string()), alreadyStarted: v.array(v.string()) });

/** Scenario 52: whatever else a message holds, each alert of ours starts one run. */
export const stormStartsOurs: Checker = {
  name: '52 a storm starts ours once',
  check: (recording) =>
    each(
      received(recording).flatMap((invocation) => {
        const ours = oursIn(invocation, recording);
        return ours.length > 0 ? [{ ...invocation, ours }] : [];
      }),
      ({ ours, result, startedAt }) => {
        const status = numberAt(result, 'statusCode') ?? 0;
        // Not all could be started: Alertmanager sends them again.
        if (status === 500) return undefined;
        const answer = tryParse(Answer, JSON.parse(textAt(result, 'body') ?? 'null'));
        const names = [...(answer?.started ?? []), ...(answer?.alreadyStarted ?? [])];
        const wrong = ours.find((alert) => names.filter((name) => name.includes(`-${alert}-`)).length !== 1);
        return (
          wrong && `${clock(startedAt)} ${wrong} does not start one run: ${status}, ${names.length} started`
        );
      },
    ),
};

/** The names of our alerts in a message that the webhook has to take. */
function oursIn(invocation: Invocation, { service }: Recording): string[] {
  const body = textAt(invocation.event, 'body') ?? '';
  if (!isAuthorized(invocation) || body.length > largestMessage || !body.includes('"alertname"')) return [];
  const alerts = tryParse(Sent, JSON.parse(body))?.alerts ?? [];
  const ours = alerts.filter(({ labels }) => labels.service === service.service);
  return alertNames.filter((name) => ours.some(({ labels }) => labels.alertname === name));
}
