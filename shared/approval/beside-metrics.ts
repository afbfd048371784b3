import { oneLine } from '../core/plain-text.ts';
import type { Reason } from '../document/reason.ts';

/** What a plan's reasons say, without those that only repeat a row of the metrics' table. */
export const reasonsBesideMetrics = (reasons: readonly Reason[]): string[] =>
  reasons.filter(({ code }) => code !== 'metric-judged').map(({ text }) => oneLine(text));
