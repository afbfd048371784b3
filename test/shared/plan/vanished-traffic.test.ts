import { describe, expect, it } from '@jest/globals';
import type { Assessment } from '../../../shared/document/assessment.ts';
import { told } from '../../../shared/format/unknown.ts';
import { calmLimits } from '../../../shared/plan/calm-limits.ts';
import { tasksAtRest } from '../../../shared/plan/demand.ts';
import { planScaleIn, scaleInBlockers } from '../../../shared/plan/scale-in.ts';
import {
  assessment,
  healthy,
  type MetricValues,
  production,
  raisedBounds,
  registered,
  request,
  service,
  snapshot,
  unhealthy,
  view,
} from '../../support/builders.ts';
import { down, stopped } from '../../support/clues.ts';

type Part = Partial<Assessment> & { values?: MetricValues };

/** Codes of what blocks a scale-in of a service with 1,000 requests a minute before the incident. */
const blocked = (part: Part, usual = 1000, unheard: ('api' | 'mcp')[] = []) => {
  const before = snapshot({ unheard, ...(usual ? { usual: { requestRatePerMinute: usual } } : {}) });
  return scaleInBlockers(assessment(part), calmLimits(before, service, production));
};
const codes = (...given: Parameters<typeof blocked>) => blocked(...given).map(({ code }) => code);
const at = (requestRatePerMinute: number) => ({ values: { requestRatePerMinute } });
const api = { health: { api: unhealthy, mcp: healthy } };

/** Nobody asks: what requests make has no points, and the targets are healthy. */
const nobody = (part: Part = {}): Assessment => {
  const seen = assessment(part);
  const none = {
    level: 'unknown',
    source: 'CloudWatch',
    unknown: told({ cause: 'no-requests', healthy: 3 }),
  };
  const rows = ['requestRatePerMinute', 'latencyP95Seconds', 'latencyP99Seconds', 'errorRatePercent'];
  return { ...seen, metrics: { ...seen.metrics, ...Object.fromEntries(rows.map((row) => [row, none])) } };
};

describe('traffic has vanished', () => {
  it('far fewer requests than before the incident, while the API is not well: said first, with the numbers', () => {
    const [first, ...others] = blocked({ ...at(240), ...api });
    expect(first).toMatchObject({
      code: 'traffic-vanished',
      rate: 240,
      usual: 1000,
      endpoints: ['api'],
      down: [],
      killed: 0,
    });
    expect(others.map(({ code }) => code)).toEqual(['health']);
  });

  it('tasks that the load balancer had stopped are enough, though every metric looks calm', () => {
    const stoppedTasks = [stopped('failed ELB health checks', 2, 'killed-by-health-checks')];
    expect(codes({ ...at(10), stoppedTasks })).toEqual(['traffic-vanished']);
    expect(codes({ ...at(10), stoppedTasks: [stopped('Spot', 2, 'reclaimed')] })).toEqual([]);
  });

  it('a dependency that is down is named', () => {
    const seen = { ...at(10), health: { api: down('redis'), mcp: down('redis') } };
    expect(blocked(seen)[0]).toMatchObject({ code: 'traffic-vanished', down: ['redis'] });
  });

  it.each<[string, Part, number, string[]]>([
    ['a quarter still comes', { ...at(250), ...api }, 1000, ['health']],
    ['everything is well: a quiet evening', at(10), 1000, []],
    ['it is not known what is usual', { ...at(10), ...api }, 0, ['health']],
    ['there were hardly any before', { ...at(1), ...api }, 29, ['health']],
    ['as few as the day before', { ...at(10), ...api, requestRateDayBefore: 12 }, 1000, ['health']],
  ])('not where %s', (_, part, usual, expected) => {
    expect(codes(part, usual)).toEqual(expected);
  });

  it('the day before tells what is usual where no incident has a snapshot', () => {
    expect(codes({ ...at(10), ...api, requestRateDayBefore: 900 }, 0)[0]).toBe('traffic-vanished');
  });

  it('an endpoint that was kept from us before tells nothing', () => {
    const silent = { level: 'unknown' as const, status: 403, down: [], detail: '403 in 9 ms' };
    const seen = { ...at(10), health: { api: silent, mcp: silent } };
    expect(codes(seen, 1000, ['api', 'mcp'])).toEqual([]);
    expect(codes(seen, 1000, ['mcp'])[0]).toBe('traffic-vanished');
  });

  it('no request at all, while something is not well, is the same', () => {
    const limits = calmLimits(snapshot({ usual: { requestRatePerMinute: 1000 } }), service, production);
    expect(scaleInBlockers(nobody(api), limits)[0]).toMatchObject({ code: 'traffic-vanished', rate: 0 });
  });
});

describe('no request at all, and nothing is wrong', () => {
  it('blocks nothing, one task is enough, and approvers read it instead of four unknown metrics', () => {
    const seen = nobody({
      service: view({ desired: 9, running: 9 }),
      autoscaling: registered({ bounds: raisedBounds }),
    });
    const plan = planScaleIn(request(), seen, snapshot(), service, production, undefined);

    expect(tasksAtRest(seen, service)).toBe(1);
    expect(plan).toMatchObject({ action: 'scale-in', desired: { from: 9, to: 3 } });
    expect(plan.reasons).toContainEqual(
      expect.objectContaining({ code: 'no-requests', seconds: 1800, healthy: 3 }),
    );
    const judged = plan.reasons.filter(({ code }) => code === 'metric-judged').map(({ metric }) => metric);
    expect(judged).toEqual([
      'cpuPercent',
      'dbPoolPercent',
      'pgbouncerPoolPercent',
      'pgbouncerWaitMilliseconds',
    ]);
  });

  it('another metric that is unknown still blocks', () => {
    const { metrics, ...seen } = nobody({ values: { cpuPercent: 'unknown' } });
    expect(scaleInBlockers({ ...seen, metrics }, { metrics: {}, unheard: [] })).toMatchObject([
      { code: 'metric-unknown', metric: 'cpuPercent' },
    ]);
  });
});
