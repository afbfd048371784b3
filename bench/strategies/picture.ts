import type { Html } from '../../shared/format/html.ts';
import { minutesBetween, niceTop, rowsOf, tasksPanel } from './panels.ts';
import type { Strategy } from './strategy.ts';
import { labelOf, type Run } from './summary.ts';
import { axis, document, frame, limitLine, type Panel, stairsLine, text, timeAxis } from './svg.ts';

interface Limits {
  warning: number;
  critical: number;
}

/** Seconds at the ends of the p99 axis; failing seconds lie at the top. */
const p99Low = 0.1;
const p99High = 30;

/** One shape: a row per strategy, tasks against demand at the left, p99 at the right. */
export function shapePicture(strategies: readonly Strategy[], runs: readonly Run[], limits: Limits): string {
  const first = runs[0];
  if (!first) throw new Error('a picture needs runs with a course');
  const top = niceTop(runs);
  const [width, rowHeight, head] = [1000, 118, 62];
  const title = `${labelOf(first.job.shape)}, tasks start in ${first.job.startSeconds} s, seed ${first.job.seed}`;
  const parts = [
    text(20, 22, `Strategies side by side: ${title}`, { bold: true }),
    text(20, 40, 'Left: tasks needed (grey) and running (blue); red: p99 above critical.', { quiet: true }),
    text(
      540,
      40,
      `Right: p99 in seconds, warning at ${limits.warning}, critical at ${limits.critical}; 30 also when requests fail.`,
      {
        quiet: true,
      },
    ),
  ];
  const rows = rowsOf(strategies, runs);
  rows.forEach(({ strategy, course, badMinutes, overTaskMinutes }, index) => {
    const y = head + index * rowHeight + 16;
    const seconds = course.demanded.length * course.stepSeconds;
    const size = { y, height: rowHeight - 44, seconds };
    const tasks: Panel = { ...size, x: 50, width: 440, low: 0, high: top, scale: 'linear' };
    const latency: Panel = { ...size, x: 540, width: 440, low: p99Low, high: p99High, scale: 'log' };
    const every = minutesBetween(seconds);
    parts.push(
      text(50, y - 4, strategy.title, { bold: true }),
      text(980, y - 4, `${badMinutes.toFixed(1)} bad min, ${Math.round(overTaskMinutes)} task-min too many`, {
        anchor: 'end',
        quiet: true,
      }),
      ...tasksPanel(tasks, course, limits.critical),
      axis(tasks, [0, top]),
      timeAxis(tasks, every),
      frame(latency),
      limitLine(latency, limits.critical, 'limit'),
      limitLine(latency, limits.warning, 'warn'),
      stairsLine(latency, course.p99Seconds, course.stepSeconds, 'latency'),
      axis(latency, [0.1, 1, 30]),
      timeAxis(latency, every),
    );
  });
  const height = head + rows.length * rowHeight + 14;
  parts.push(text(50, height - 6, 'minutes', { quiet: true }));
  return document(width, height, `Demand, tasks and p99 per strategy: ${title}`, parts);
}

/** Small multiples: strategies down, shapes across; tasks against demand, bad time in red. */
export function overviewPicture(
  strategies: readonly Strategy[],
  runs: readonly Run[],
  critical: number,
): string {
  const shapes = [...new Set(runs.map(({ job }) => labelOf(job.shape)))];
  const [left, cell, rowHeight, head] = [200, 180, 78, 84];
  const width = left + shapes.length * cell + 10;
  const start = runs[0]?.job.startSeconds ?? 0;
  const parts = [
    text(20, 22, `Strategies and shapes, tasks start in ${start} s, seed 1`, { bold: true }),
    text(
      20,
      40,
      'Tasks needed (grey) and running (blue); red: p99 above critical. Each column has its own scale.',
      {
        quiet: true,
      },
    ),
  ];
  shapes.forEach((shape, column) => {
    const own = runs.filter(({ job }) => labelOf(job.shape) === shape);
    const place = { x: left + column * cell, y: head, width: cell - 14, rowHeight, named: column === 0 };
    parts.push(...shapeColumn(shape, strategies, own, critical, place));
  });
  return document(
    width,
    head + strategies.length * rowHeight + 8,
    'Demand and tasks of every strategy and shape',
    parts,
  );
}

/** Where a shape's column stands; the first one names the strategies too. */
interface Place {
  x: number;
  y: number;
  width: number;
  rowHeight: number;
  named: boolean;
}

/** One shape of the overview: its name, then a panel for each strategy. */
function shapeColumn(
  shape: string,
  strategies: readonly Strategy[],
  runs: readonly Run[],
  critical: number,
  { x, y, width, rowHeight, named }: Place,
): Html[] {
  const top = niceTop(runs);
  const seconds = Math.max(
    ...runs.map(({ played }) => (played.course?.demanded.length ?? 0) * (played.course?.stepSeconds ?? 0)),
  );
  const axes = { seconds, low: 0, high: top, scale: 'linear' } as const;
  const rows = rowsOf(strategies, runs).flatMap(({ strategy, course, badMinutes }, row) => {
    const panel: Panel = { x, y: y + row * rowHeight, width, height: rowHeight - 22, ...axes };
    const score = `${badMinutes.toFixed(1)} bad min`;
    return [
      ...(named ? [text(20, panel.y + 32, strategy.title)] : []),
      ...tasksPanel(panel, course, critical),
      text(x + width, panel.y + rowHeight - 10, score, { anchor: 'end', quiet: true }),
    ];
  });
  return [
    text(x, y - 20, shape, { bold: true }),
    text(x, y - 7, `0–${top} tasks, ${Math.round(seconds / 60)} min`, { quiet: true }),
    ...rows,
  ];
}
