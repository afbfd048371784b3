import type { Report } from '../sandbox/report.ts';

/** Exit codes of every command: 0 recovered, 1 error, 2 usage, 3 rejected, 4 expired, 5 not recovered or rolled back. */
export function exitCodeOf(report: Report): number {
  switch (report.outcome) {
    case 'recovered':
    case 'restored':
    case 'ignored':
    case 'joined':
    case 'planned':
    case 'configured':
    case 'relieved':
    case 'ready':
      return 0;
    case 'rejected':
      return 3;
    case 'expired':
      return 4;
    case 'held':
    case 'rolled-back':
    case 'not-ready':
      return 5;
    case 'failed':
      return report.executions.some((execution) => execution.error === 'InvalidInputError') ? 2 : 1;
  }
}
