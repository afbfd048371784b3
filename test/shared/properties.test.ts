import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assessmentOf } from '../../shared/assess/judge.ts';
import type { Observation } from '../../shared/assess/observe.ts';
import { metricNames } from '../../shared/config/metric-catalogue.ts';
import type { Assessment, ServiceView } from '../../shared/document/assessment.ts';
import type { Series } from '../../shared/metrics/series.ts';
import { levelOf } from '../../shared/metrics/thresholds.ts';
import { neededTasks } from '../../shared/plan/capacity.ts';
import { trafficDemand } from '../../shared/plan/demand.ts';
import { guards, nextStepDown } from '../../shared/plan/guards/limits.ts';
import { planScaleIn } from '../../shared/plan/scale-in.ts';
import { planScaleOut } from '../../shared/plan/scale-out.ts';
import {
  answered,
  assessment,
  type MetricValues,
  metrics,
  now,
  pools,
  production,
  raisedBounds,
  registered,
  request,
  secondsLater,
  service,
  snapshot,
  view,
} from '../support/builders.ts';

const { perTask, emergency, taskQuota } = service.capacity;
const budget = Math.floor(
  (0.9 * pools.baseline.maxClientConn - pools.heldByOthers) / Number(perTask.connections),
);

const value = fc.oneof(
  fc.double({ min: 0, max: 50_000, noNaN: true }),
  fc.integer({ min: 0, max: 100 }),
  fc.constant('unknown' as const),
);
const values: fc.Arbitrary<MetricValues> = fc.record(
  Object.fromEntries(metricNames.map((name) => [name, value])),
);
const counts = fc
  .record({
    desired: fc.integer({ min: 0, max: 40 }),
    running: fc.integer({ min: 0, max: 40 }),
    pending: fc.integer({ min: 0, max: 20 }),
  })
  .map((part) => view(part));
const finite = (max: number) => fc.double({ min: -max, max, noNaN: true });
const situations: fc.Arbitrary<Assessment> = fc
  .record({ values, service: counts, requestRateSlope: finite(5000), backlog: finite(5000).map(Math.abs) })
  .map(assessment);

/** Two minutes of requests that cost 100 % ÷ `perTask` of a task each, at these loads in percent. */
function observedAt(tasks: ServiceView, perTask: number, ...percents: number[]): Observation {
  const series = (values: number[]): Series => ({
    source: 'CloudWatch',
    points: values.map((each, i) => ({ at: new Date(secondsLater(60 * (i - values.length))), value: each })),
  });
  const missing: Series = { source: 'CloudWatch', unknown: { cause: 'no-points' } };
  const perTarget = percents.map((percent) => (perTask * percent) / 100);
  return {
    at: new Date(now),
    service: tasks,
    stoppedTasks: [],
    autoscaling: registered(),
    health: { api: answered, mcp: answered },
    metrics: {
      cpuPercent: series(percents.map((percent) => Math.min(100, percent))),
      requestsPerTarget: series(perTarget),
      requestRatePerMinute: series(perTarget.map((each) => each * tasks.running)),
      latencyP95Seconds: missing,
      latencyP99Seconds: missing,
      latencyAverageSeconds: missing,
      memoryPercent: missing,
      healthyTargets: missing,
      unhealthyTargets: missing,
      errorRatePercent: missing,
      dbPoolPercent: missing,
      pgbouncerPoolPercent: missing,
      pgbouncerWaitMilliseconds: missing,
    },
  };
}

describe('for every situation', () => {
  const rate = fc.double({ min: 0, max: 50_000, noNaN: true });
  const tasksOf = (seen: Assessment, tasks: ServiceView) =>
    neededTasks(
      trafficDemand(seen, service, production),
      seen,
      tasks,
      service,
      guards(tasks, service, production),
    ).tasks;
  const tasksAt = (seen: Assessment, tasks: ServiceView, values: MetricValues) =>
    tasksOf({ ...seen, metrics: metrics(values) }, tasks);

  it('more traffic never plans fewer tasks', () => {
    const untelling = fc.constantFrom('unknown' as const, 0, 20, 91, 95, 100);
    fc.assert(
      fc.property(situations, counts, untelling, rate, rate, (seen, tasks, cpuPercent, one, other) => {
        const at = (requestRatePerMinute: number) =>
          tasksAt(seen, tasks, { cpuPercent, requestRatePerMinute });
        expect(at(Math.max(one, other))).toBeGreaterThanOrEqual(at(Math.min(one, other)));
      }),
    );
  });

  it('more traffic of the same kind, as CPU shows it, never plans fewer tasks', () => {
    // Above 100 the demand goes on growing, but CPU cannot show it. The minute before tells what a request costs.
    const load = fc.integer({ min: 0, max: 300 });
    const cost = fc.constantFrom(100, 250, 401, 900, 2000);
    fc.assert(
      fc.property(
        counts.filter(({ running }) => running > 0),
        cost,
        fc.integer({ min: 30, max: 90 }),
        finite(5000).map(Math.abs),
        load,
        load,
        (tasks, perTask, before, waiting, one, other) => {
          const at = (percent: number) => {
            const seen = assessmentOf(observedAt(tasks, perTask, before, percent), production);
            return tasksOf({ ...seen, backlog: waiting }, tasks);
          };
          expect(at(Math.max(one, other))).toBeGreaterThanOrEqual(at(Math.min(one, other)));
        },
      ),
    );
  });

  it('no plan exceeds a guard, and none lowers the count', () => {
    fc.assert(
      fc.property(situations, (seen) => {
        const { action, desired } = planScaleOut(request(), seen, service, production, undefined);
        if (action !== 'scale-out' || !desired || 'unknown' in seen.service) return;
        const present = Math.max(seen.service.desired, seen.service.running + seen.service.pending, 1);
        expect(desired.to).toBeGreaterThan(desired.from);
        expect(desired.to).toBeLessThanOrEqual(
          Math.min(emergency.max, taskQuota, budget, present * production.planning.maxGrowth),
        );
      }),
    );
  });

  it('anything that is unknown keeps capacity where it is', () => {
    const oneUnknown = fc
      .tuple(values, fc.constantFrom(...metricNames))
      .map(([all, name]) => ({ ...all, [name]: 'unknown' as const }));
    fc.assert(
      fc.property(oneUnknown, counts, (seen, tasks) => {
        const made = planScaleIn(
          request(),
          assessment({ values: seen, service: tasks }),
          snapshot(),
          service,
          production,
          undefined,
        );
        expect(made).toMatchObject({ action: 'wait' });
        expect(made.desired).toBeUndefined();
      }),
    );
  });

  it('what is not a finite number from zero is never ok', () => {
    const odd = fc.double().filter((number) => !Number.isFinite(number) || number < 0);
    fc.assert(
      fc.property(
        odd,
        fc.constantFrom(...metricNames),
        (number, name) => levelOf(number, production.thresholds[name]) === 'unknown',
      ),
    );
  });

  it('the same observation gives the same plan', () => {
    fc.assert(
      fc.property(situations, (seen) => {
        const out = () => planScaleOut(request(), structuredClone(seen), service, production, undefined);
        const back = () =>
          planScaleIn(request(), structuredClone(seen), snapshot(), service, production, undefined);
        expect(out()).toEqual(out());
        expect(back()).toEqual(back());
      }),
    );
  });

  it('a scale-in plan never raises the count and never goes below what the snapshot and the configuration keep', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 30 }), (tasks, desired) => {
        const made = planScaleIn(
          request(),
          assessment({ service: tasks, autoscaling: registered({ bounds: raisedBounds }) }),
          snapshot({ desired }),
          service,
          production,
          undefined,
        );
        const { from, to } = made.desired ?? { from: 0, to: 0 };
        expect(to).toBe(Math.min(from, Math.max(desired, service.capacity.baseline.min)));
      }),
    );
  });

  it('steps down remove at most a quarter, or one task, and always arrive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), (one, other) => {
        const target = Math.min(one, other);
        let present = Math.max(one, other);
        for (let steps = 0; present > target; steps++) {
          const next = nextStepDown(present, target, production);
          expect(present - next).toBeGreaterThanOrEqual(1);
          expect(present - next).toBeLessThanOrEqual(Math.max(1, present / 4));
          expect(steps).toBeLessThan(500);
          present = next;
        }
        expect(present).toBe(target);
      }),
    );
  });
});
