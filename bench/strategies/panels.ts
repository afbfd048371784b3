import type { Html } from '../../shared/format/html.ts';
import type { Course } from './run.ts';
import type { Strategy } from './strategy.ts';
import type { Run } from './summary.ts';
import { area, frame, marks, type Panel, stairsLine } from './svg.ts';

/** Tasks needed and running, with the bad time in red. */
export function tasksPanel(panel: Panel, course: Course, critical: number): Html[] {
  const bad = course.p99Seconds.map((seconds) => seconds > critical);
  return [
    area(panel, course.demanded, course.stepSeconds, 'demand'),
    stairsLine(panel, course.running, course.stepSeconds, 'tasks'),
    marks(panel, bad, course.stepSeconds, 'bad'),
    frame(panel),
  ];
}

/** One row per strategy that has a course. */
export function rowsOf(strategies: readonly Strategy[], runs: readonly Run[]) {
  return strategies.flatMap((strategy) => {
    const played = runs.find(({ job }) => job.strategy === strategy.name)?.played;
    if (!played?.course) return [];
    const { badSeconds, overTaskSeconds } = played.score;
    return [
      { strategy, course: played.course, badMinutes: badSeconds / 60, overTaskMinutes: overTaskSeconds / 60 },
    ];
  });
}

/** The highest count of any run, rounded up to a multiple of five. */
export function niceTop(runs: readonly Run[]): number {
  const counts = runs.flatMap(({ played }) => [
    ...(played.course?.running ?? []),
    ...(played.course?.demanded ?? []),
  ]);
  return 5 * Math.ceil(Math.max(1, ...counts) / 5);
}

/** Minutes between two labels of the time axis. */
export const minutesBetween = (seconds: number): number =>
  seconds > 6 * 3600 ? 120 : seconds > 3 * 3600 ? 60 : 15;
