import { describe, expect, it } from '@jest/globals';
import { createScenario, scenarioList, scenarioNames } from '../../../sandbox/world/scenarios.ts';
import { startWorld } from './fixture.ts';

function play(name: string, seed = 7) {
  const { arrivals, troubles, revisions, cache } = createScenario(name, { seed });
  return startWorld({ arrivals, troubles, revisions, ...(cache && { cache }), historySeconds: 600 }, seed);
}

describe('the registry', () => {
  it('names every scenario with a description', () => {
    expect(scenarioNames).toHaveLength(22);
    for (const { description } of scenarioList) expect(description).toMatch(/^[A-Z].*\.$/);
  });

  it.each(['nonsense', 'toString', ''])('refuses the name %j and lists those that exist', (name) => {
    expect(() => createScenario(name, { seed: 1 })).toThrow(
      /must be one of traffic-spike, .*, api-down; not /,
    );
  });

  it.each(scenarioNames)('%s: quiet at first, and the same for the same seed', (name) => {
    const [one, again, other] = [play(name), play(name), play(name, 8)];
    for (const { at } of [one, again, other]) at(299);
    expect(one.latest('TargetResponseTime', 'p99')).toBeLessThan(0.6);
    for (const { at } of [one, again, other]) at(1200);
    const numbers = ({ service }: typeof one): string =>
      JSON.stringify([
        service.datapoints('CPUUtilization', 'Average', 60, 0, Number.MAX_SAFE_INTEGER).slice(-20),
      ]);
    expect(numbers(again)).toBe(numbers(one));
    expect(numbers(other)).not.toBe(numbers(one));
  });

  it('scales with the baseline', () => {
    const { arrivals } = createScenario('traffic-spike', { seed: 1, baseline: 100 });
    expect(arrivals(0)).toBeCloseTo(100, -1);
    expect(arrivals(1000)).toBeCloseTo(400, -1);
  });
});

describe('what each scenario shows at its worst', () => {
  it.each([
    ['traffic-spike', 900, 'TargetResponseTime', 'p99', 2.5],
    ['ramp', 2000, 'TargetResponseTime', 'p99', 2.5],
    ['step', 600, 'TargetResponseTime', 'p99', 2.5],
    ['flash-crowd', 600, 'HTTPCode_ELB_5XX_Count', 'Sum', 2000],
    ['plateau', 1500, 'TargetResponseTime', 'p99', 2.5],
    ['bot-burst', 500, 'RequestCount', 'Sum', 2500],
    ['slow-leak', 2900, 'MemoryUtilization', 'Average', 85],
    ['slow-queries', 900, 'TargetResponseTime', 'p99', 2.5],
    ['pool-exhaustion', 900, 'DBPoolUsage', 'Average', 90],
    ['redis-down', 900, 'TargetResponseTime', 'p99', 2],
    ['redis-full', 900, 'HTTPCode_Target_5XX_Count', 'Sum', 50],
    ['redis-slow', 900, 'TargetResponseTime', 'p99', 5],
    ['redis-loading', 800, 'CPUUtilization', 'Average', 75],
    ['bad-deployment', 900, 'HTTPCode_Target_5XX_Count', 'Sum', 15],
    ['api-down', 600, 'HTTPCode_ELB_5XX_Count', 'Sum', 500],
  ] as const)('%s: after %d s %s %s is above %d', (name, seconds, metric, statistic, limit) => {
    const { at, latest } = play(name);
    at(seconds);
    expect(latest(metric, statistic)).toBeGreaterThan(limit);
  });

  it.each(['tasks-cannot-start', 'no-capacity', 'crash-loop'])('%s: more tasks do not come', (name) => {
    const { at, service } = play(name);
    at(500);
    service.setDesiredCount(9);
    at(900);
    expect(service.tasks.filter((task) => task.healthy).length).toBeLessThanOrEqual(4);
  });

  it.each([
    'traffic-spike',
    'step',
    'bot-burst',
    'slow-queries',
    'pool-exhaustion',
    'redis-down',
    'redis-full',
    'redis-slow',
    'redis-loading',
    'flash-crowd',
  ])('%s: is over by itself when it says so', (name) => {
    const { at, latest } = play(name);
    at(createScenario(name, { seed: 7 }).calmAfterSeconds + 300);
    expect(latest('TargetResponseTime', 'p99')).toBeLessThan(0.9);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeUndefined();
  });
});
