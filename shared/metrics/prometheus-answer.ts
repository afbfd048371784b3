import * as v from 'valibot';
import { oneLine } from '../core/plain-text.ts';
import { explain, tryParse } from '../core/schema.ts';
import type { Unknown } from '../core/unknown.ts';
import type { HttpAnswer } from '../lambda/context.ts';
import type { Point } from './series.ts';

/** Six points of one series are less than 1 KiB; an answer that is much larger answers another question. */
export const largestPrometheusAnswer = 65_536;
/** The label of the values at which a quantile has reached the last bucket of its histogram. */
export const lastBucketLabel = 'last_bucket';
const periodMilliseconds = 60_000;

const Answer = v.object({
  status: v.literal('success'),
  data: v.object({
    resultType: v.literal('matrix'),
    result: v.array(
      v.object({
        metric: v.optional(v.record(v.string(), v.string()), {}),
        values: v.array(v.strictTuple([v.number(), v.string()])),
      }),
    ),
  }),
  warnings: v.optional(v.array(v.string())),
});
const Failure = v.object({ status: v.literal('error'), errorType: v.string(), error: v.string() });

/** The points of an answer, each at the start of the minute that it covers, or what is wrong with it. */
export function pointsOf(answer: HttpAnswer): { points: Point[] } | { unknown: Unknown } {
  if (answer.truncated)
    return { unknown: { cause: 'malformed', problem: 'too-large', bytes: largestPrometheusAnswer } };
  const body = jsonOf(answer.body);
  const failure = tryParse(Failure, body);
  if (failure) return { unknown: { cause: 'failed', error: failure.errorType, message: cut(failure.error) } };
  if (answer.status !== 200) return { unknown: { cause: 'http-status', status: answer.status } };
  const success = v.safeParse(Answer, body);
  if (!success.success) {
    const detail = explain(success.issues).slice(0, 120);
    return { unknown: { cause: 'malformed', problem: 'other-format', detail } };
  }
  const { data, warnings } = success.output;
  const warning = warnings?.find((one) => !one.startsWith(info));
  if (warning !== undefined) return { unknown: { cause: 'partial', warning: cut(warning) } };
  const [marks, series] = partition(data.result, ({ metric }) => Object.hasOwn(metric, lastBucketLabel));
  if (series.length > 1)
    return { unknown: { cause: 'malformed', problem: 'several-series', count: series.length } };
  const bounds = new Set(marks.flatMap(({ values }) => values.map(([seconds]) => seconds)));
  return {
    points: (series[0]?.values ?? []).map(([seconds, value]) => ({
      at: new Date(seconds * 1000 - periodMilliseconds),
      value: numberOf(value),
      ...(bounds.has(seconds) ? { atLeast: true } : {}),
    })),
  };
}

/**
 * Servers before 2.54 put annotations about the query among the warnings; no data are missing there. Source: Prometheus,
 * HTTP API, format overview.
 */
const info = 'PromQL info:';

/** The items that a condition holds for, and the others. */
function partition<T>(items: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}

/** As much as a person reads of what another program says. */
const cut = (text: string) => oneLine(text, 200);

/** Prometheus writes numbers as strings, with NaN, +Inf and -Inf. */
const numberOf = (text: string): number => (/^[-+]?\d/.test(text) ? Number(text) : Number.NaN);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
