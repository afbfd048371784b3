import type { Fault, FaultPlan } from '../../../sandbox/aws/wire.ts';
import { type Report, statesOf } from '../../../sandbox/report.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { Config } from '../../../shared/config/schema.ts';
import type { NoticeKind } from '../../../shared/notices/wording.ts';
import { service } from '../../support/builders.ts';
import { asPerson } from '../harness.ts';

/** What AWS answers in place of doing something. */
export const refusal = (name: string, status = 400): Fault => ({
  kind: 'error',
  name,
  message: 'An injected fault.',
  status,
});

/** A fault in the first calls of an operation by the product; in all of them without a count. */
export function inCalls(operation: string, fault: Fault, count = Number.POSITIVE_INFINITY): FaultPlan {
  let left = count;
  return (call) => {
    if (call.operation !== operation || call.caller === 'person' || left <= 0) return undefined;
    left -= 1;
    return fault;
  };
}

/** Notices take a while, so that somebody else has the time to act before the next step. */
export const slowNotices: FaultPlan = ({ operation }) =>
  operation === 'Publish' ? { kind: 'delay', milliseconds: 5000 } : undefined;

export const name = { cluster: service.cluster, service: service.service };
export const setDesired = 'AmazonEC2ContainerServiceV20141113.UpdateService';
export const setBounds = 'AnyScaleFrontendService.RegisterScalableTarget';
export const setPolicy = 'AnyScaleFrontendService.PutScalingPolicy';

/** What the product wrote to the service; Application Auto Scaling and people left aside. */
export const ownWrites = ({ writes }: Report) =>
  writes.filter(({ who }) => who !== 'application-autoscaling' && who !== 'person');

/** Writes by whomever that took capacity away, or made it possible to. */
export const lowering = ({ writes }: Report) =>
  writes.filter(({ from, to }) =>
    ['desired', 'min', 'max'].some((key) => Number(Reflect.get(to, key)) < Number(Reflect.get(from, key))),
  );

/** Kinds of the notices that were sent, in order. */
export const told = ({ logs }: Sandbox): NoticeKind[] =>
  logs
    .filter(({ message }) => /^a? ?notice (sent|did not reach every channel)$/.test(message))
    .map(({ fields }) => fields.kind as NoticeKind);

/** Everything that people were told, as one text. */
export const wordsOf = ({ aws, webhooks }: Sandbox): string =>
  [
    ...aws.mailbox.map(({ subject, text }) => `${subject}\n${text}`),
    ...webhooks.map(({ body }) => JSON.stringify(body)),
  ].join('\n');

/** What PagerDuty was asked to do, in order: trigger, acknowledge, resolve. */
export const paged = ({ webhooks }: Sandbox): unknown[] =>
  webhooks.flatMap(({ url, body }) =>
    url.includes('pagerduty') && typeof body === 'object' && body ? [Reflect.get(body, 'event_action')] : [],
  );

/** How the executions of a machine ended: the name of their error, or the last state. */
export const endsOf = ({ engine }: Sandbox, machine: string): (string | undefined)[] =>
  engine.executions
    .filter((execution) => execution.machine === machine)
    .map((execution) => execution.error ?? statesOf(execution).at(-1));

/** A person starts a machine at the console. */
export const startAtConsole = (sandbox: Sandbox, machine: string, input: object = {}) =>
  sandbox.engine.startExecution({
    machine,
    input: { environment: sandbox.config.environment, requestedBy: 'Ann', ...input },
  });

/** Waits until no execution runs. */
export const allEnded = ({ engine, time }: Sandbox) =>
  time.runUntil(() => engine.executions.every(({ status }) => status !== 'RUNNING'), 7 * 86_400_000);

/** A person sets the count. */
export const setCount = (sandbox: Sandbox, desiredCount: number) =>
  asPerson(sandbox, setDesired, { ...name, desiredCount });

/** Whether a run wrote a count, and each of its rounds a higher one than the round before: no write came twice. */
export function eachRoundHigher(report: Report): boolean {
  const counts = ownWrites(report)
    .filter(({ who }) => who === 'scale-out')
    .map(({ to }) => Number(to.desired));
  return counts.length > 0 && counts.every((count, i) => i === 0 || count > (counts[i - 1] ?? 0));
}

/** Metrics by the minute only: the run starts late, several alarms fire at once, and the first count is a high one. */
export function onMinutes({ services }: Config): void {
  for (const each of Object.values(services)) each.cpuMetricSeconds = 60;
}
