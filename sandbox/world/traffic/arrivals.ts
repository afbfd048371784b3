/** Shapes of traffic: functions from seconds since the start to requests per second. */

import type { Arrivals } from '../model/options.ts';
import type { Random } from '../model/random.ts';

/** A corner of a shape: at this second, this multiple of the baseline. */
export type Corner = readonly [seconds: number, multiple: number];

/** Slow waves of one percent that real traffic has; the phase comes from the seed. */
const WAVE = 0.01;
const WAVE_SECONDS = 900;

/** Straight lines between the corners (ascending), level before the first and after the last. */
export function piecewise(baseline: number, corners: readonly Corner[], random: Random): Arrivals {
  const phase = 2 * Math.PI * random();
  return (seconds) => {
    const wave = 1 + WAVE * Math.sin((2 * Math.PI * seconds) / WAVE_SECONDS + phase);
    return baseline * wave * multipleAt(corners, seconds);
  };
}

/** A sudden peak that halves every `halfLife` seconds. */
export function flashCrowd(
  baseline: number,
  crowd: { at: number; rise: number; multiple: number; halfLife: number },
  random: Random,
): Arrivals {
  const level = piecewise(baseline, [[0, 1]], random);
  return (seconds) => {
    const since = seconds - crowd.at;
    if (since < 0) return level(seconds);
    const rising = Math.min(1, since / crowd.rise);
    const fading = 0.5 ** (Math.max(0, since - crowd.rise) / crowd.halfLife);
    return level(seconds) * (1 + (crowd.multiple - 1) * rising * fading);
  };
}

function multipleAt(corners: readonly Corner[], seconds: number): number {
  let [fromSeconds, fromMultiple]: Corner = corners[0] ?? [0, 1];
  for (const [toSeconds, toMultiple] of corners) {
    if (seconds < toSeconds) {
      const share = Math.max(0, (seconds - fromSeconds) / Math.max(1, toSeconds - fromSeconds));
      return fromMultiple + (toMultiple - fromMultiple) * share;
    }
    [fromSeconds, fromMultiple] = [toSeconds, toMultiple];
  }
  return fromMultiple;
}
