import type { Sandbox } from '../../sandbox/sandbox.ts';
import { alertNames } from '../../shared/alerts/catalogue.ts';
import type { MetricName } from '../../shared/config/metric-catalogue.ts';
import { metricNow } from '../display/metrics.ts';

/** Task counts at one virtual moment. */
export interface CountPoint {
  at: number;
  desired: number;
  running: number;
  pending: number;
}

/** What the charts show: counts and the alarms' metrics over virtual time. */
export interface Recorder {
  readonly counts: readonly CountPoint[];
  /** Value by moment, for each metric that an alarm watches. */
  readonly metrics: ReadonlyMap<MetricName, readonly (readonly [at: number, value: number])[]>;
  /** Takes a sample when one is due. */
  look(): void;
}

const stepMilliseconds = 10_000;
/** Points of one chart; a longer run keeps every second one. */
const mostPoints = 720;

export function createRecorder(sandbox: Sandbox): Recorder {
  const { aws, service, time } = sandbox;
  const counts: CountPoint[] = [];
  const metrics = new Map<MetricName, (readonly [number, number])[]>();
  let due = Number.NEGATIVE_INFINITY;
  let minute = 0;

  function sampleMetrics(now: number): void {
    for (const alert of alertNames) {
      const reading = metricNow(sandbox, alert);
      if (reading?.value === undefined) continue;
      const points = metrics.get(reading.metric) ?? [];
      points.push([now, reading.value]);
      metrics.set(reading.metric, points);
      thin(points);
    }
  }

  return {
    counts,
    metrics,
    look() {
      const now = time.now();
      if (now < due) return;
      due = now + stepMilliseconds;
      const { desired, running, pending } = aws.settings(service.cluster, service.service);
      counts.push({ at: now, desired, running, pending });
      thin(counts);
      if (Math.floor(now / 60_000) === minute) return;
      minute = Math.floor(now / 60_000);
      sampleMetrics(now);
    },
  };
}

function thin(points: unknown[]): void {
  if (points.length <= mostPoints) return;
  for (let i = points.length - 2; i > 0; i -= 2) points.splice(i, 1);
}
