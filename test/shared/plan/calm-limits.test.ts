import { describe, expect, it } from '@jest/globals';
import type { HealthView, Usual } from '../../../shared/document/assessment.ts';
import { because } from '../../../shared/format/reasons.ts';
import { calmLimits } from '../../../shared/plan/calm-limits.ts';
import { planScaleIn, scaleInBlockers } from '../../../shared/plan/scale-in.ts';
import {
  assessment,
  type MetricValues,
  policy,
  production,
  raisedBounds,
  registered,
  request,
  service,
  snapshot,
  unhealthy,
} from '../../support/builders.ts';

const limits = (usual: Usual, target = 50) =>
  calmLimits({ usual, cpuPolicy: policy({ target }) }, service, production);
const blocked = (values: MetricValues, usual: Usual, target?: number) =>
  scaleInBlockers(assessment({ values }), limits(usual, target)).map(({ code }) => code);

describe('calm is as before the incident', () => {
  it.each<[string, MetricValues, Usual, number, string[]]>([
    ['at warning as before', { cpuPercent: 66 }, { cpuPercent: 63 }, 50, []],
    ['a tenth above what it was', { latencyP99Seconds: 1.98 }, { latencyP99Seconds: 1.8 }, 50, []],
    [
      'more than a tenth above',
      { latencyP99Seconds: 1.99 },
      { latencyP99Seconds: 1.8 },
      50,
      ['metric-warning'],
    ],
    ['critical stays critical', { cpuPercent: 81 }, { cpuPercent: 79 }, 50, ['metric-critical']],
    ['it was ok before', { cpuPercent: 61 }, { cpuPercent: 59 }, 50, ['metric-warning']],
    [
      'what was critical before is no normal day',
      { cpuPercent: 61 },
      { cpuPercent: 95 },
      50,
      ['metric-warning'],
    ],
    ['what was before is not known', { cpuPercent: 61 }, {}, 50, ['metric-warning']],
    ['another metric was at warning', { cpuPercent: 61 }, { dbPoolPercent: 75 }, 50, ['metric-warning']],
    ['a policy holds CPU there', { cpuPercent: 70 }, {}, 70, []],
    ['above what a policy holds', { cpuPercent: 70.1 }, {}, 70, ['metric-warning']],
    ['a policy for CPU says nothing of latency', { latencyP95Seconds: 1.1 }, {}, 70, ['metric-warning']],
    ['unknown stays unknown', { cpuPercent: 'unknown' }, { cpuPercent: 63 }, 70, ['metric-unknown']],
  ])('%s', (_, values, usual, target, codes) => {
    expect(blocked(values, usual, target)).toEqual(codes);
  });

  it("without a snapshot by the configured policy, and with one that had none by no policy's target", () => {
    expect(calmLimits(undefined, service, production)).toEqual({
      metrics: { cpuPercent: { upTo: 70, target: 70 } },
      unheard: [],
    });
    const { cpuPolicy: _, ...none } = snapshot();
    expect(calmLimits(none, service, production)).toStrictEqual({ metrics: {}, unheard: [] });
    expect(limits({}, 60)).toStrictEqual({ metrics: {}, unheard: [] });
  });

  it.each([
    ['what it was before', 66, { upTo: 66 * 1.1, usual: 66 }],
    ['the target of its policy', 61, { upTo: 70, target: 70 }],
  ])('CPU may be up to the higher of both: %s', (_, cpuPercent, limit) => {
    expect(limits({ cpuPercent }, 70).metrics).toEqual({ cpuPercent: limit });
  });

  it('a health endpoint that was kept from us before stops nothing; one that has just gone silent does', () => {
    const silent: HealthView = { level: 'unknown', status: 403, down: [], detail: '403 in 9 ms' };
    const seen = assessment({ health: { api: silent, mcp: silent } });
    const codes = (part: Parameters<typeof snapshot>[0]) =>
      scaleInBlockers(seen, calmLimits(snapshot(part), service, production)).map(({ endpoint }) => endpoint);
    expect(codes({ unheard: ['api', 'mcp'] })).toEqual([]);
    expect(codes({ unheard: ['mcp'] })).toEqual(['api']);
    expect(codes({})).toEqual(['api', 'mcp']);
    const down = assessment({ health: { api: unhealthy, mcp: unhealthy } });
    const limits = calmLimits(snapshot({ unheard: ['api', 'mcp'] }), service, production);
    expect(scaleInBlockers(down, limits)).toHaveLength(2);
  });

  it('the plan says so', () => {
    const plan = (values: MetricValues, usual: Usual) =>
      planScaleIn(
        request(),
        assessment({ values, autoscaling: registered({ bounds: raisedBounds }) }),
        snapshot({ usual }),
        service,
        production,
        undefined,
      );
    expect(plan({ cpuPercent: 65 }, {}).reasons).toContainEqual(
      because('held-by-policy', { metric: 'cpuPercent', value: 65, warning: 60, target: 70 }),
    );
    expect(plan({ dbPoolPercent: 75 }, { dbPoolPercent: 74 }).reasons).toContainEqual(
      because('as-before-incident', { metric: 'dbPoolPercent', value: 75, warning: 70, usual: 74 }),
    );
  });
});
