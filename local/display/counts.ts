import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { AlertName } from '../../shared/alerts/catalogue.ts';
import { metricLabel, metricValue } from '../../shared/format/metrics.ts';
import type { Line } from './lines.ts';
import { alertOfService, metricNow } from './metrics.ts';

/** Virtual time between two looks at the counts, and the shortest time between two lines about them. */
const lookMilliseconds = 5000;
const lineMilliseconds = 60_000;

/** Tells the counts when something grows or has settled, with the metric that fired; shrinking is told by its steps. */
export function countTeller(sandbox: Sandbox): () => Line[] {
  const { aws, service, time, config } = sandbox;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let toldAt = Number.NEGATIVE_INFINITY;
  let told = '';
  let toldDesired = 0;
  let settled = 0;
  let firing: AlertName | undefined;

  function reading(): string {
    const event = sandbox.alarmEvents.find(({ detail }) => detail.state.value === 'ALARM');
    firing ??= event && alertOfService(sandbox, event.detail.alarmName);
    const now = firing && metricNow(sandbox, firing);
    if (!now) return '';
    const limit = metricValue(now.metric, config.thresholds[now.metric].critical);
    return `; ${metricLabel(now.metric)} ${metricValue(now.metric, now.value)} (critical above ${limit})`;
  }

  return () => {
    const now = time.now();
    if (now < lookedAt + lookMilliseconds) return [];
    lookedAt = now;
    const { desired, running, pending, min, max } = aws.settings(service.cluster, service.service);
    const counts = `${desired} desired, ${running} running, ${pending} pending`;
    const done = running === desired && pending === 0;
    const shrinking = desired < settled;
    if (done) settled = desired;
    const due = done || desired !== toldDesired || now >= toldAt + lineMilliseconds;
    if (shrinking) told = counts;
    if (counts === told || !due) return [];
    toldAt = now;
    toldDesired = desired;
    const first = told === '' ? `; bounds ${min === undefined ? 'none' : `${min}–${max}`}` : '';
    told = counts;
    return [{ at: now, kind: 'tasks', text: counts + first + reading(), details: [] }];
  };
}
