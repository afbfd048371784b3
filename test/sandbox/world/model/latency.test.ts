import { describe, expect, it } from '@jest/globals';
import {
  highestUtilisation,
  LatencyMixture,
  meanServiceSeconds,
  P99_FACTOR,
} from '../../../../sandbox/world/model/latency.ts';

const BASE = 0.06;

describe('latency curve', () => {
  it.each([
    [0, 0.24, 0.24],
    [0.5, 0.35, 0.4],
    [0.85, 1.35, 1.5],
    [0.92, 2.5, 2.8],
    [1, 4.5, 4.7],
  ])('at utilisation %d the p99 lies between %d and %d seconds', (utilisation, low, high) => {
    const p99 = P99_FACTOR * meanServiceSeconds(BASE, utilisation);
    expect(p99).toBeGreaterThanOrEqual(low);
    expect(p99).toBeLessThanOrEqual(high);
  });

  it.each([0.4, 1.5, 2.5])('the inverse of the curve meets a p99 of %d seconds', (limit) => {
    const utilisation = highestUtilisation(BASE, limit, 0) ?? Number.NaN;
    expect(P99_FACTOR * meanServiceSeconds(BASE, utilisation)).toBeCloseTo(limit, 6);
  });

  it('has no utilisation that meets a limit below the idle p99', () => {
    expect(highestUtilisation(BASE, 0.2, 0)).toBeUndefined();
    expect(highestUtilisation(BASE, 1.5, 0.4)).toBeUndefined();
  });
});

describe('mixture of seconds', () => {
  it('gives the p99 of a single distribution, with the wait on top', () => {
    const mixture = new LatencyMixture();
    mixture.add(0.1, 2, 50);
    expect(mixture.p99(30)).toBeCloseTo(2.4, 1);
    expect(mixture.quantile(0.99, 30)).toBeCloseTo(mixture.p99(30) ?? 0, 2);
  });

  it('lies between its parts and follows their weights', () => {
    const mixture = new LatencyMixture();
    mixture.add(0.1, 0, 980);
    mixture.add(0.1, 5, 20);
    expect(mixture.quantile(0.95, 30)).toBeLessThan(0.4);
    expect(mixture.quantile(0.99, 30)).toBeGreaterThan(5);
  });

  it('merges to the same as adding everything to one', () => {
    const one = new LatencyMixture();
    const other = new LatencyMixture();
    const both = new LatencyMixture();
    for (const [mean, wait, requests] of [
      [0.1, 0, 10],
      [0.4, 1, 5],
      [0.1, 0, 3],
    ] as const) {
      (wait === 0 ? one : other).add(mean, wait, requests);
      both.add(mean, wait, requests);
    }
    one.merge(other);
    expect(one.quantile(0.9, 30)).toBe(both.quantile(0.9, 30));
    expect(one.requests).toBe(18);
  });

  it('has no percentile without requests and never exceeds the cap', () => {
    const mixture = new LatencyMixture();
    expect(mixture.quantile(0.99, 30)).toBeUndefined();
    expect(mixture.p99(30)).toBeUndefined();
    mixture.add(1, 60, 1);
    expect(mixture.quantile(0.5, 30)).toBe(30);
    expect(mixture.p99(30)).toBe(30);
  });
});
