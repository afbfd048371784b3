import type { Reason } from '../document/reason.ts';
import { moment, oneLine } from './text.ts';

/** A text for people: moments without milliseconds, long ARNs by their name. */
export const inWords = (text: string): string =>
  text
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => moment(at))
    .replace(/arn:[\w-]+:states:[^:]*:\d*:execution:[^:]+:(\S+)/g, '$1')
    .replace(/arn:[\w-]+:ecs:[^:]*:\d*:task-definition\/(\S+)/g, '$1');

/** A plan's reasons in words, without those that only repeat a row of the metrics' table. */
export const reasonsBesideMetrics = (reasons: readonly Reason[]): string[] =>
  reasons.filter(({ code }) => code !== 'metric-judged').map(({ text }) => oneLine(inWords(text)));
