import { forService } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import { ThrottledError } from '../core/errors.ts';
import { refusalOf } from '../core/refusals.ts';
import { isThrottled, type Unknown, unknownBy } from '../core/unknown.ts';
import type { NotTriedWhy, PreflightAsk, PreflightRow, Tried } from '../document/preflight.ts';
import { told } from '../format/unknown.ts';
import type { Basics } from '../lambda/context.ts';

/** What a trial found; nothing where all is well. An error that it throws is told apart: a refusal from all others. */
export type Finding =
  | { notTried: NotTriedWhy }
  | { configured: string; found: string }
  | { unknown: Unknown };

/** One call or comparison, made harmlessly. */
export interface Trial {
  check: PreflightRow['check'];
  on?: string;
  /** Key of the service that it is about. */
  service?: string;
  try(): Promise<Finding | undefined>;
}

/** A call that is not made, and why. */
export const notTried = (check: Trial['check'], why: NotTriedWhy): Trial => ({
  check,
  try: async () => ({ notTried: why }),
});

/** The trials for each service that is asked for. */
export const forEach = (
  { services }: PreflightAsk,
  config: Config,
  make: (service: ServiceConfig, config: Config) => Trial[],
): Trial[] =>
  services.flatMap((name) => {
    const service = config.services[name];
    return service
      ? make(service, forService(config, name)).map((trial) => ({ ...trial, service: name }))
      : [];
  });

/** A reading that several trials share: it is made once. */
export function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
}

/** What needs a reading that has a row of its own: where that fails, this is not tried. */
export async function given<T>(
  reading: () => Promise<T>,
  use: (value: T) => Promise<Finding | undefined> | Finding | undefined,
): Promise<Finding | undefined> {
  const read = await reading().then(
    (value) => ({ value }),
    (error: unknown) => {
      if (isThrottled(unknownBy(error))) throw error;
    },
  );
  return read ? use(read.value) : { notTried: 'unread' };
}

/** A trial in which an error of these names proves that the call is allowed: what it names does not exist. */
export async function unlessMissing(call: Promise<unknown>, ...names: string[]): Promise<undefined> {
  await call.catch((error: unknown) => {
    if (!(error instanceof Error && names.includes(error.name))) throw error;
  });
}

/** Before this much of a function's time is left, what is not tried yet is late. Milliseconds. */
const patience = 40_000;

/**
 * Tries one after the other, and says what each came to. Equal rows of several services are one.
 * @throws ThrottledError where AWS throttles a call: the state machine asks again later.
 */
export async function tried(
  by: string,
  trials: readonly Trial[],
  { after, log }: Pick<Basics, 'after' | 'log'>,
): Promise<Tried> {
  const timer = after(patience);
  const late = timer.passed.then((): Finding => ({ unknown: { cause: 'late', seconds: patience / 1000 } }));
  const rows: PreflightRow[] = [];
  try {
    for (const trial of trials) rows.push(await rowOf(by, trial, late));
  } finally {
    timer.cancel();
  }
  const merged = mergedRows(rows);
  log.info('preflight', { rows: merged.filter(({ result }) => result !== 'ok') });
  return { rows: merged };
}

async function rowOf(by: string, trial: Trial, late: Promise<Finding>): Promise<PreflightRow> {
  const { check, on, service } = trial;
  const row = { by, check, ...(on ? { on } : {}), ...(service ? { services: [service] } : {}) };
  try {
    return { ...row, ...resultOf(await Promise.race([trial.try(), late])) };
  } catch (error) {
    const refusal = refusalOf(error, check);
    if (refusal) return { ...row, result: 'missing', ...refusal };
    const unknown = unknownBy(error);
    if (error instanceof ThrottledError || isThrottled(unknown))
      throw new ThrottledError(`${by}: ${check} is throttled`, { cause: error });
    return { ...row, result: 'failed', unknown: told(unknown) };
  }
}

function resultOf(finding: Finding | undefined): Omit<PreflightRow, 'by' | 'check'> {
  if (!finding) return { result: 'ok' };
  if ('notTried' in finding) return { result: 'not-tried', why: finding.notTried };
  if ('unknown' in finding) return { result: 'failed', unknown: told(finding.unknown) };
  return { result: 'differs', ...finding };
}

/** Rows that differ in their services alone are one. */
export function mergedRows(rows: readonly PreflightRow[]): PreflightRow[] {
  const same = Map.groupBy(rows, ({ services: _, ...rest }) => JSON.stringify(rest));
  return [...same.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const services = [first, ...others].flatMap((row) => row.services ?? []);
    return [{ ...first, ...(services.length > 0 ? { services: [...new Set(services)] } : {}) }];
  });
}
