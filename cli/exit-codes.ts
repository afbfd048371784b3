import type { Report } from '../sandbox/report.ts';
import { InvalidInputError } from '../shared/core/errors.ts';

/** Exit codes of every command: 0 recovered, 1 error, 2 usage, 3 rejected, 4 expired, 5 not recovered or rolled back. */
export function exitCodeOf(report: Report): number {
  switch (report.outcome) {
    case 'recovered':
    case 'restored':
    case 'ignored':
    case 'joined':
    case 'planned':
    case 'configured':
      return 0;
    case 'rejected':
      return 3;
    case 'expired':
      return 4;
    case 'held':
    case 'rolled-back':
      return 5;
    case 'failed':
      return report.executions.some((execution) => execution.error === 'InvalidInputError') ? 2 : 1;
  }
}

/** Ends a command after an error: one clear message on stderr; a stack trace only for a fault of our own. */
export function failWith(error: unknown): number {
  if (error instanceof InvalidInputError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
