import { describe, expect, it } from '@jest/globals';
import { judgeReleases } from '../../../shared/assess/releases.ts';
import { perSeries, type SeriesName } from '../../../shared/config/metric-catalogue.ts';
import type { ServiceView } from '../../../shared/document/assessment.ts';
import type { Series } from '../../../shared/metrics/series.ts';
import { now, production, view } from '../../support/builders.ts';
import { minutesAgo, series } from '../../support/clues.ts';

const minutes = 40;
const steady = series(...Array<number>(minutes).fill(600));
/** Errors of so many percent, from so many minutes ago until so many. */
const errors = (from: number, to = 0, percent = 5) =>
  series(
    ...Array.from({ length: minutes }, (_, i) => (minutes - i <= from && minutes - i > to ? percent : 0)),
  );
const release = (revision: number, from: number, until: number) => ({
  taskDefinition: `buywhere-api:${revision}`,
  at: minutesAgo(from),
  until: minutesAgo(until),
});
const judged = (part: Partial<ServiceView>, seen: Partial<Record<SeriesName, Series>>) =>
  judgeReleases(
    view({ taskDefinition: 'task-definition/buywhere-api:44', deployedAt: minutesAgo(10), ...part }),
    new Date(now),
    { ...perSeries(() => series()), requestRatePerMinute: steady, ...seen },
    production.thresholds,
  );

describe('the releases of late', () => {
  it('are judged by nothing where there were none', () => {
    expect(judged({}, { errorRatePercent: errors(20) })).toEqual({ fails: false, bad: [] });
  });

  it('the present one got it worse', () => {
    const seen = judged({ releasedAt: minutesAgo(10) }, { errorRatePercent: errors(9) });
    expect(seen).toEqual({
      worse: { since: minutesAgo(10), metrics: ['errorRatePercent'] },
      fails: false,
      bad: [],
    });
  });

  const earlierReleases = [release(43, 25, 10)];
  it('an earlier one got it worse, and the present one mends nothing: both are bad', () => {
    const part = { releasedAt: minutesAgo(10), earlierReleases };
    expect(judged(part, { errorRatePercent: errors(24) })).toEqual({
      worse: { since: minutesAgo(25), metrics: ['errorRatePercent'] },
      fails: false,
      bad: ['buywhere-api:44', 'buywhere-api:43'],
    });
  });

  it('the present one has mended what an earlier one did: only that is bad', () => {
    const part = { releasedAt: minutesAgo(10), earlierReleases };
    expect(judged(part, { errorRatePercent: errors(24, 8) })).toEqual({
      fails: false,
      bad: ['buywhere-api:43'],
    });
  });

  it('what an earlier one did was mended, and is back for another reason: nobody is blamed for it', () => {
    const again = series(
      ...Array.from({ length: minutes }, (_, i) => {
        const ago = minutes - i;
        return (ago <= 24 && ago > 8) || ago <= 3 ? 5 : 0;
      }),
    );
    expect(judged({ earlierReleases }, { errorRatePercent: again })).toEqual({
      fails: false,
      bad: ['buywhere-api:43'],
    });
  });

  it.each<[string, Partial<ServiceView>]>([
    ['is younger than six minutes', { deployedAt: minutesAgo(5.9) }],
    ['is younger than that and a slow start', { deployedAt: minutesAgo(8.9), startSeconds: 240 }],
    ['is still being deployed', { rollout: 'in-progress' }],
    ['began nobody knows when', { deployedAt: undefined }],
  ])('nobody knows yet whether the present one mends it: it %s', (_, part) => {
    const seen = judged({ earlierReleases, ...part }, { errorRatePercent: errors(24) });
    expect(seen).toEqual({ fails: false, bad: ['buywhere-api:43'] });
  });

  it.each([
    [6, undefined],
    [9, 240],
  ])('is known after %i minutes, where a task starts in %s s', (ago, startSeconds) => {
    const part = { deployedAt: minutesAgo(ago), startSeconds, earlierReleases: [release(43, 25, ago)] };
    expect(judged(part, { errorRatePercent: errors(24) }).worse?.since).toBe(minutesAgo(25));
  });

  describe('one that follows a bad one by minutes', () => {
    const soon = (part: Partial<ServiceView>, from = 12, until = 5) =>
      judged(
        {
          releasedAt: minutesAgo(until),
          deployedAt: minutesAgo(until),
          earlierReleases: [release(43, from, until)],
          ...part,
        },
        { errorRatePercent: errors(4, 0, 30), cpuPercent: series(...Array<number>(minutes).fill(30)) },
      );
    it('is not blamed before it has had the time to mend it', () => {
      expect(soon({})).toEqual({ fails: false, bad: [] });
      expect(soon({ rollout: 'in-progress' }, 14, 7)).toEqual({ fails: false, bad: [] });
    });
    it('is blamed afterwards', () => {
      expect(soon({ deployedAt: minutesAgo(6) })).toMatchObject({
        fails: true,
        worse: { since: minutesAgo(5) },
      });
    });
    it('is blamed at once where what that one did would have been seen before', () => {
      expect(soon({}, 13.1)).toMatchObject({ fails: true, worse: { since: minutesAgo(5) } });
    });
  });

  it('a good one between two bad ones is good', () => {
    const earlier = [release(43, 20, 10), release(42, 35, 20)];
    const bad = series(
      ...Array.from({ length: minutes }, (_, i) => {
        const ago = minutes - i;
        return (ago <= 34 && ago > 18) || ago <= 9 ? 5 : 0;
      }),
    );
    expect(
      judged({ releasedAt: minutesAgo(10), earlierReleases: earlier }, { errorRatePercent: bad }),
    ).toEqual({
      worse: { since: minutesAgo(10), metrics: ['errorRatePercent'] },
      fails: false,
      bad: ['buywhere-api:42'],
    });
  });

  it('one that fails while there is room is bad as well, whatever was before', () => {
    const seen = {
      errorRatePercent: errors(24, 0, 30),
      cpuPercent: series(...Array<number>(minutes).fill(30)),
    };
    expect(judged({ earlierReleases }, { ...seen, requestRatePerMinute: series() })).toEqual({
      fails: false,
      bad: ['buywhere-api:43'],
    });
  });
});
