import { beforeAll, describe, expect, it } from '@jest/globals';
import { simulate as command } from '../../local/simulate.ts';
import { call } from './command.ts';

const simulate = async (...args: string[]) => (await call(command, ...args)).stdout;

describe('the story of a traffic spike that was approved', () => {
  let story = '';
  let lines: string[] = [];
  beforeAll(async () => {
    story = await simulate('--event', 'events/alarm-high-latency-p99.json', '--approve', 'yes');
    lines = story.trimEnd().split('\n');
  }, 60_000);

  it('is told in the order in which it happened', () => {
    const times = lines.flatMap((line) => /^\d\d:\d\d:\d\d/.exec(line)?.[0] ?? []);
    expect(times.length).toBeGreaterThan(20);
    expect(times).toEqual(times.toSorted());
  });

  it('says what was decided and why', () => {
    expect(story).toMatch(/Plan the capacity: scale-out, 3 → \d+ tasks\n +· critical: .*P99 latency/);
    expect(story).toMatch(/Raise the ceiling: min 1 → 2, max 10 → 20, scaling in suspended no → yes/);
    expect(story).toMatch(
      /Check for calm: .*\n(.*\n)? +· waits until every metric but the request rate has been ok for 5 min/,
    );
  });

  it('does not repeat a poll that brought nothing new', () => {
    const said = lines.map((line) => line.slice(9)).filter((line) => line.startsWith('state'));
    // The way down is many like steps, and the second run may find the same cause as the first.
    const steps = said.filter((line) => !/Take one step down|Assess the situation/.test(line));
    expect(new Set(steps).size).toBe(steps.length);
    expect(lines.length).toBeLessThan(100);
  });

  it('fits a terminal of 100 columns, except for the verdict', () => {
    expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('names metrics as people do', () => {
    expect(story).not.toMatch(
      /cpuPercent|latencyP9|errorRatePercent|requestRatePerMinute|undefined|\[object/,
    );
  });

  it('compares before, peak and after, and ends with the verdict', () => {
    expect(story).toMatch(/\n +before +peak +after\ndesired tasks +3 +\d+ +3\n/);
    expect(lines.at(-1)).toMatch(/^RESTORED, exit code 0: /);
  });
});

describe('other endings', () => {
  it.each([
    [
      ['--approve', 'no'],
      /rejected by .*\n[\s\S]*REJECTED, exit code 3: [\s\S]*\nNext: npm run simulate -- --approve yes\n$/,
    ],
    [['--approve', 'never'], /EXPIRED, exit code 4: nobody decided in time/],
    [['--dry-run'], /would scale-out[\s\S]*PLANNED, exit code 0: a dry run: nothing was changed/],
    [['--event', 'events/alarm-ok.json'], /nothing to do[\s\S]*IGNORED, exit code 0/],
    [['--scenario', 'tasks-cannot-start'], /CannotPullContainer[\s\S]*exit code 5/],
  ])(
    '%j',
    async (args, ending) => {
      expect(await simulate(...args)).toMatch(ending);
    },
    60_000,
  );
});
