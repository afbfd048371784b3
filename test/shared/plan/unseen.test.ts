import { describe, expect, it } from '@jest/globals';
import { isUnseen, pointsAreDue } from '../../../shared/plan/unseen.ts';
import { assessment, production, secondsLater } from '../../support/builders.ts';

const now = assessment({ at: secondsLater(0) });
/** The metrics' own delay, and two whole minutes. */
const due = production.planning.metricDelaySeconds + 120;

describe('what has ended', () => {
  it.each([
    ['just now', 0, true],
    ['lately', due - 1, true],
    ['long enough ago', due, false],
    ['not yet', -1, false],
  ])('%s', (_, secondsAgo, unseen) => {
    expect(isUnseen(secondsLater(-secondsAgo), now, production)).toBe(unseen);
  });

  it('is nothing where nothing was', () => {
    expect(isUnseen(undefined, now, production)).toBe(false);
  });

  it('shows in the metrics after their delay and two whole minutes', () => {
    expect(pointsAreDue(secondsLater(-due), now, production)).toBe(true);
    expect(pointsAreDue(secondsLater(1 - due), now, production)).toBe(false);
  });
});
