import { describe, expect, it } from '@jest/globals';
import { countsBefore, knownCount, ownCount, withOwnCount } from '../../../shared/drift/own-count.ts';
import { assessment, now, registered, secondsLater, throttled, view } from '../../support/builders.ts';

const change = { desired: { to: 9, before: [5, 3], at: now } };

describe('the count that a run wrote itself', () => {
  it('is that of its last write, or of its last step', () => {
    expect(ownCount({})).toBeUndefined();
    expect(ownCount({ change })).toEqual({ to: 9, before: [5, 3], at: now, shown: false });
    expect(ownCount({ step: { to: 7, planHash: 'a', before: [9] } })).toMatchObject({ to: 7, shown: false });
  });

  it('is shown once a look saw it: when the policy was written, after a step, at a check', () => {
    const cpuPolicy = (shown: number) => ({ ...change, cpuPolicy: { to: null, shown } });
    expect(ownCount({ change: cpuPolicy(9) })?.shown).toBe(true);
    expect(ownCount({ change: cpuPolicy(5) })?.shown).toBe(false);
    expect(ownCount({ step: { to: 7, planHash: 'a', before: [9], shown: 7 } })?.shown).toBe(true);
    expect(ownCount({ change, verification: { shown: 9 } })?.shown).toBe(true);
    expect(ownCount({ change, verification: { shown: 5 } })?.shown).toBe(false);
  });

  it('stands for an older one until it is shown; then an older one is somebody’s change', () => {
    const own = { to: 9, before: [5, 3], shown: false };
    expect([9, 5, 3, 4, 12].map((shown) => knownCount(shown, own))).toEqual([9, 9, 9, 4, 12]);
    expect(knownCount(5, { ...own, shown: true })).toBe(5);
    expect(knownCount(5, undefined)).toBe(5);
  });

  it('is forgotten a quarter of an hour after it was written: an older one is a person’s then', () => {
    const own = { to: 9, before: [5, 3], at: now, shown: false };
    expect(knownCount(5, own, [], secondsLater(900))).toBe(9);
    expect(knownCount(5, own, [], secondsLater(901))).toBe(5);
    expect(knownCount(9, own, [], secondsLater(901))).toBe(9);
    expect(knownCount(5, { ...own, at: undefined }, [], secondsLater(901))).toBe(9);
    const seen = (seconds: number) =>
      withOwnCount(assessment({ at: secondsLater(seconds), service: view({ desired: 5 }) }), own).service;
    expect(seen(900)).toMatchObject({ desired: 9 });
    expect(seen(901)).toMatchObject({ desired: 5 });
  });

  it('takes the place of the older one in an assessment', () => {
    const own = ownCount({ change });
    const late = withOwnCount(assessment({ service: view({ desired: 5, running: 5 }) }), own);
    expect(late.service).toMatchObject({ desired: 9, running: 5 });
    const unread = assessment({ service: throttled });
    expect(withOwnCount(unread, own)).toBe(unread);
  });

  it('gives way to what autoscaling has asked for since, not before', () => {
    const asked = (seconds: number) =>
      registered({ activities: [{ at: secondsLater(seconds), count: 12, text: '' }] });
    const late = (seconds: number) =>
      withOwnCount(
        assessment({ service: view({ desired: 5 }), autoscaling: asked(seconds) }),
        ownCount({ change }),
      );
    expect(late(10).service).toMatchObject({ desired: 12 });
    const { activities } = asked(10);
    const gone = assessment({ service: view({ desired: 5 }), autoscaling: { absent: true, activities } });
    expect(withOwnCount(gone, ownCount({ change })).service).toMatchObject({ desired: 12 });
    expect(late(-10).service).toMatchObject({ desired: 9 });
    expect(late(0).service).toMatchObject({ desired: 9 });
  });

  it('gives way as well where it is shown for the first time, unless that was asked for long ago', () => {
    const own = ownCount({ change });
    const seen = (secondsAgo: number, shown = own) =>
      withOwnCount(
        assessment({
          service: view({ desired: 9 }),
          autoscaling: registered({ activities: [{ at: secondsLater(-secondsAgo), count: 12, text: '' }] }),
        }),
        shown && { ...shown, at: secondsLater(-600) },
      ).service;
    expect(seen(120)).toMatchObject({ desired: 12 });
    expect(seen(121)).toMatchObject({ desired: 9 });
    expect(seen(20, own && { ...own, shown: true })).toMatchObject({ desired: 9 });
  });

  it('gives way to the newest count that was asked for, and to none where its own moment is not known', () => {
    const own = { to: 9, before: [5], at: now, shown: false };
    const asked = [
      { at: secondsLater(30) },
      { at: secondsLater(20), count: 12 },
      { at: secondsLater(10), count: 11 },
    ];
    expect(knownCount(5, own, asked)).toBe(12);
    expect(knownCount(9, own, asked)).toBe(12);
    expect(knownCount(9, own, [])).toBe(9);
    expect(knownCount(5, { ...own, at: undefined }, asked)).toBe(9);
  });

  it('remembers what was there before, newest first and at most ten', () => {
    expect(countsBefore(9, 5, undefined, 9, 5, 3)).toEqual([5, 3]);
    expect(countsBefore(0, ...Array.from({ length: 20 }, (_, i) => i + 1))).toHaveLength(10);
  });
});
