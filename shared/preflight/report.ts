import * as v from 'valibot';
import { type PreflightReport, type PreflightRow, Tried } from '../document/preflight.ts';
import { errorInWords } from '../format/errors.ts';
import { isFault, preflightSummary } from '../format/preflight.ts';
import { mergedRows } from './trials.ts';

/** What a state says that failed: the function could not be called, or did not come back. */
const Failed = v.record(v.string(), v.object({ Error: v.string(), Cause: v.string() }));

/** What the functions came to for some services, as the state machine collects it. */
export const Collected = v.object({
  tried: v.optional(v.record(v.string(), Tried), {}),
  failed: v.optional(Failed),
  token: v.optional(v.object({ answered: v.literal(true) })),
});

/** A function that could not be tried, as a row; its key has underscores, which paths of Step Functions can name. Pure. */
export function failedRows(failed: v.InferOutput<typeof Failed> | undefined): PreflightRow[] {
  return Object.entries(failed ?? {}).map(([name, { Error: error, Cause: message }]) => ({
    by: name === 'token' ? 'approval' : name.replaceAll('_', '-'),
    check: name === 'token' ? 'token' : 'function',
    result: 'failed',
    unknown: { cause: 'failed', error, message: message.slice(0, 200), text: errorInWords(error) },
  }));
}

/** What is well, as one row for each function: an input of Step Functions ends at 256 KiB. Pure. */
export const shortened = (rows: readonly PreflightRow[]): PreflightRow[] =>
  mergedRows(
    rows.map((row) =>
      row.result === 'ok'
        ? { by: row.by, check: 'function', result: 'ok', ...(row.services ? { services: row.services } : {}) }
        : row,
    ),
  );

/** The end of a preflight: ready where nothing is missing, failed or different. Rows with faults come first. Pure. */
export function reportOf(
  tables: readonly Tried[],
  about: Pick<PreflightReport, 'environment' | 'execution' | 'at'>,
): PreflightReport {
  const rows = mergedRows(tables.flatMap((table) => table.rows));
  const faults = rows.filter(isFault);
  return {
    ...about,
    ready: faults.length === 0,
    rows: [...faults, ...rows.filter((row) => !isFault(row))],
    summary: preflightSummary(rows),
  };
}
