import { describe, expect, it } from '@jest/globals';
import { judgeReleases } from '../../../shared/assess/releases.ts';
import { perSeries, type SeriesName } from '../../../shared/config/metric-catalogue.ts';
import type { ServiceView, StoppedTasks } from '../../../shared/document/assessment.ts';
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
const judged = (
  part: Partial<ServiceView>,
  seen: Partial<Record<SeriesName, Series>>,
  stoppedTasks: StoppedTasks[] = [],
) =>
  judgeReleases(
    view({ taskDefinition: 'task-definition/buywhere-api:44', deployedAt: minutesAgo(10), ...part }),
    new Date(now),
    { ...perSeries(() => series()), requestRatePerMinute: steady, ...seen },
    production.thresholds,
    stoppedTasks,
  );

describe('the releases of late', () => {
  it('are judged by nothing where there were none', () => {
    expect(judged({}, { errorRatePercent: errors(20) })).toEqual({ worse: [], fails: false, bad: [] });
  });

  it('the present one got it worse', () => {
    const seen = judged({ releasedAt: minutesAgo(10) }, { errorRatePercent: errors(9) });
    expect(seen).toEqual({ worse: ['errorRatePercent'], fails: false, bad: [] });
  });

  const earlierReleases = [release(43, 25, 10)];
  it('an earlier one got it worse, and was so when the next one came: no way back ends there', () => {
    const part = { releasedAt: minutesAgo(10), earlierReleases };
    const bad = ['buywhere-api:43'];
    expect(judged(part, { errorRatePercent: errors(24) })).toEqual({ worse: [], fails: false, bad });
    expect(judged(part, { errorRatePercent: errors(24, 8) }).bad).toEqual(bad);
    expect(judged(part, { errorRatePercent: errors(24, 15) }).bad).toEqual([]);
  });

  it('one that was there too briefly to be judged is not called bad, whatever was before it', () => {
    const briefly = [release(43, 12, 10), release(42, 30, 12)];
    const part = { releasedAt: minutesAgo(10), earlierReleases: briefly };
    expect(judged(part, { errorRatePercent: errors(29) }).bad).toEqual(['buywhere-api:42']);
  });

  it('one that fails while there is room is bad as well, whatever was before', () => {
    const seen = {
      errorRatePercent: errors(24, 0, 30),
      cpuPercent: series(...Array<number>(minutes).fill(30)),
    };
    expect(judged({ earlierReleases }, { ...seen, requestRatePerMinute: series() })).toEqual({
      worse: [],
      fails: false,
      bad: ['buywhere-api:43'],
    });
  });

  describe('one of whose tasks died, so that the others had more to serve', () => {
    const died = (part: Partial<StoppedTasks> = {}): StoppedTasks => ({
      kind: 'out-of-memory',
      reason: 'OutOfMemoryError',
      count: 1,
      asked: [minutesAgo(10)],
      ended: minutesAgo(2.5),
      taskDefinition: 'arn:aws:ecs:ap-southeast-1:123456789012:task-definition/buywhere-api:44',
      ...part,
    });
    const slow = { latencyP99Seconds: series(...Array<number>(33).fill(0.4), 3, 3, 3) };
    const worseThan = (stopped: StoppedTasks[], part: Partial<ServiceView> = {}, seen = slow) =>
      judged({ releasedAt: minutesAgo(10), ...part }, seen, stopped).worse;

    it('is not blamed for those minutes', () => {
      expect(worseThan([])).toEqual(['latencyP99Seconds']);
      expect(worseThan([died()])).toEqual([]);
      expect(worseThan([died({ kind: 'ran-and-failed' })])).toEqual([]);
    });
    it('is blamed for what another minute shows, or when more of its tasks die', () => {
      expect(worseThan([died({ ended: minutesAgo(9) })])).toEqual(['latencyP99Seconds']);
      expect(worseThan([died({ count: 2 })])).toEqual(['latencyP99Seconds']);
      expect(worseThan([died(), died({ kind: 'ran-and-failed' })])).toEqual(['latencyP99Seconds']);
    });
    it('is blamed where the one that died was not its own, did not serve, or ended nobody knows when', () => {
      const { ended: _, ...unknown } = died();
      expect(worseThan([unknown])).toEqual(['latencyP99Seconds']);
      expect(worseThan([died({ kind: 'never-started' })])).toEqual(['latencyP99Seconds']);
      expect(worseThan([died({ taskDefinition: 'buywhere-api:43' })])).toEqual(['latencyP99Seconds']);
    });
    it('is not called bad for it once another follows', () => {
      const part = {
        releasedAt: minutesAgo(1),
        deployedAt: minutesAgo(1),
        earlierReleases: [release(44, 10, 1)],
      };
      const bad = (stopped: StoppedTasks[]) =>
        judged({ ...part, taskDefinition: 'buywhere-api:45' }, slow, stopped).bad;
      expect(bad([])).toEqual(['buywhere-api:44']);
      expect(bad([died()])).toEqual([]);
    });
  });

  describe('one that follows another by minutes', () => {
    const soon = (part: Partial<ServiceView>, from = 12, until = 5) =>
      judged(
        {
          releasedAt: minutesAgo(until),
          deployedAt: minutesAgo(until),
          earlierReleases: [release(43, from, until)],
          ...part,
        },
        { errorRatePercent: errors(5, 0, 30), cpuPercent: series(...Array<number>(minutes).fill(30)) },
      );
    const judgedNow = { worse: ['errorRatePercent'], fails: true };
    it('is not blamed before it has had the time to mend it', () => {
      expect(soon({})).toMatchObject({ worse: [], fails: false });
      expect(soon({ rollout: 'in-progress', deployedAt: minutesAgo(7) })).toMatchObject({
        worse: [],
        fails: false,
      });
      expect(soon({ deployedAt: minutesAgo(5.9) })).toMatchObject({ worse: [], fails: false });
      expect(soon({ deployedAt: minutesAgo(8.9), startSeconds: 240 })).toMatchObject({
        worse: [],
        fails: false,
      });
      expect(soon({ deployedAt: undefined })).toMatchObject({ worse: [], fails: false });
    });
    it('is blamed afterwards', () => {
      expect(soon({ deployedAt: minutesAgo(6) })).toMatchObject(judgedNow);
      expect(soon({ deployedAt: minutesAgo(9), startSeconds: 240 })).toMatchObject(judgedNow);
    });
    it('is not blamed while tasks of that one may have served until a moment ago', () => {
      const completed = (minutes: number) =>
        soon({ deployedAt: minutesAgo(9), completedAt: minutesAgo(minutes) });
      expect(completed(0.7)).toMatchObject({ worse: [], fails: false });
      expect(completed(4.9)).toMatchObject({ worse: [], fails: false });
      expect(completed(5)).toMatchObject(judgedNow);
    });
    it('nor is it called bad once it is itself followed by one', () => {
      const followed = (completed?: number, from = 17) =>
        soon({
          releasedAt: minutesAgo(1),
          deployedAt: minutesAgo(1),
          earlierReleases: [
            {
              ...release(44, 11, 1),
              ...(completed === undefined ? {} : { completedAt: minutesAgo(completed) }),
            },
            release(43, from, 11),
          ],
        }).bad;
      expect(followed(2)).toEqual([]);
      expect(followed(5.9)).toEqual([]);
      expect(followed(6)).toEqual(['buywhere-api:44']);
      expect(followed()).toEqual(['buywhere-api:44']);
      // What the one before did would have been seen by then.
      expect(followed(2, 19.1)).toEqual(['buywhere-api:44']);
    });
    it('is blamed at once where what that one did would have been seen before', () => {
      expect(soon({}, 13.1)).toMatchObject(judgedNow);
      expect(soon({}, 13)).toMatchObject({ worse: [], fails: false });
    });
  });
});
