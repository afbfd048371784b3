import { describe, expect, it } from '@jest/globals';
import { mulberry32 } from '../../../sandbox/world/model/random.ts';
import type { MetricName } from '../../../sandbox/world/model/types.ts';
import { createWorld } from '../../../sandbox/world/world.ts';
import { type Fixture, START, startWorld } from './fixture.ts';

const METRICS: MetricName[] = [
  'CPUUtilization',
  'RequestCount',
  'HTTPCode_ELB_5XX_Count',
  'PgBouncerWaitTime',
];
const spike = (seconds: number): number => (seconds < 200 ? 10 : 35);

/** Scales at the same moments, whatever happens in between. */
function play(fixture: Fixture, look: (from: number, to: number) => void): string {
  const { at, service } = fixture;
  look(0, 400);
  at(400);
  service.setDesiredCount(8);
  look(400, 900);
  at(900);
  service.setDesiredCount(6);
  look(900, 1500);
  at(1500);
  const points = METRICS.map((metric) => service.datapoints(metric, 'Average', 60, START, START + 1_500_000));
  return JSON.stringify([points, service.tasks, service.events, service.deployments, service.measures(1.5)]);
}

describe('the same seed', () => {
  it('gives the same world, and another seed another one', () => {
    const run = (seed: number): string => play(startWorld({ arrivals: spike }, seed), () => undefined);
    expect(run(5)).toBe(run(5));
    expect(run(5)).not.toBe(run(6));
  });

  it('gives the same world in one jump and in many small steps', () => {
    const jump = play(startWorld({ arrivals: spike }), () => undefined);
    const fixture = startWorld({ arrivals: spike });
    const steps = play(fixture, (from, to) => {
      for (let seconds = from; seconds < to; seconds += 0.25) fixture.at(seconds);
    });
    expect(steps).toBe(jump);
  });

  it('is not disturbed by looking', () => {
    const undisturbed = play(startWorld({ arrivals: spike }), () => undefined);
    const fixture = startWorld({ arrivals: spike });
    const watched = play(fixture, (from, to) => {
      for (let seconds = from; seconds < to; seconds += 50) {
        fixture.at(seconds);
        fixture.service.metricsPage();
        fixture.service.health('api');
      }
    });
    expect(watched).toBe(undisturbed);
  });
});

describe('a world of several services', () => {
  it('finds them by cluster and name, and they do not influence each other', () => {
    let now = START;
    const service = (cluster: string, rate: number) => ({
      cluster,
      name: 'api',
      desiredCount: 2,
      arrivals: () => rate,
    });
    const world = createWorld({
      now: () => now,
      random: mulberry32(1),
      services: [service('production', 50), service('staging', 1)],
    });
    now += 300_000;
    expect(world.services).toHaveLength(2);
    expect(world.service('staging', 'api')?.health('api')).toMatchObject({ status: 200 });
    expect(world.service('production', 'api')?.health('api')).toBe('timeout');
    expect(world.service('production', 'other')).toBeUndefined();
    expect(world.now()).toBe(now);
  });

  it('refuses faulty options', () => {
    expect(() => startWorld({ desiredCount: 1.5 })).toThrow(
      'desired count must be a whole number from 0, not 1.5',
    );
    expect(() => startWorld({ taskDefinition: 'api' })).toThrow('family:revision, not "api"');
  });
});
