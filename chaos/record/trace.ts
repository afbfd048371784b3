import { createHash, type Hash } from 'node:crypto';
import type { CallRecord, WriteRecord } from '../../sandbox/aws/wire.ts';
import type { Execution } from '../../sandbox/engine/history/execution.ts';
import type { HistoryEvent } from '../../sandbox/engine/history/history.ts';

/** A hash over everything that a run did: two runs with the same one were the same. */
export function traceHash(trace: {
  writes: readonly WriteRecord[];
  calls: readonly CallRecord[];
  executions: readonly Execution[];
}): string {
  const hash = createHash('sha256');
  for (const { at, who, call, from, to } of trace.writes) {
    hash.update(JSON.stringify([at, who, call, from, to]));
  }
  for (const { at, caller, service, operation, input, error } of trace.calls) {
    hash.update(JSON.stringify([at, caller, service, operation, input, error]));
  }
  for (const { name, status, history } of trace.executions) {
    hash.update(JSON.stringify([name, status]));
    for (const event of history) hashEvent(hash, event);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Inputs and outputs are JSON text already: escaping them once more takes longer than the hash. */
function hashEvent(hash: Hash, { id, previousEventId, timestamp, type, ...details }: HistoryEvent): void {
  hash.update(`${id} ${previousEventId} ${timestamp} ${type}`);
  for (const detail of Object.values(details)) {
    for (const [name, value] of Object.entries(detail)) {
      hash.update(name);
      hash.update(typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
}

/** One hash for two, whatever their order: of many runs that several processes share. */
export const bothTraces = (a: string, b: string): string =>
  BigInt.asUintN(64, BigInt(`0x${a}`) + BigInt(`0x${b}`))
    .toString(16)
    .padStart(16, '0');

/** The hash of no run. */
export const noTrace = '0'.repeat(16);
