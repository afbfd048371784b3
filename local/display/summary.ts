import { isDeepStrictEqual } from 'node:util';
import { exitCodeOf } from '../../cli/exit-codes.ts';
import type { OutcomeName, Report } from '../../sandbox/report.ts';
import { exceptFor } from '../../shared/format/differences.ts';
import { rounded, tenths } from '../../shared/format/numbers.ts';
import { duration, textTable } from '../../shared/format/text.ts';
import { settingsTable } from './changes.ts';
import { type Layout, styled, wrapped } from './lines.ts';

/** What is left when all is over: settings before, at the peak and after, measures and approvals. */
export function summaryOf(report: Report, { width }: Layout): string {
  const { before, peak, after, measures, approvals, undelivered } = report;
  const table = textTable([['', 'before', 'peak', 'after'], ...settingsTable([before, peak, after])]);
  const seconds = (value: number | null) => (value === null ? 'never' : duration(value));
  const facts = [
    `alarm to first write ${seconds(measures.alarmToFirstWriteSeconds)}`,
    `alarm to enough tasks ${seconds(measures.alarmToEnoughTasksSeconds)}`,
    `P99 latency above its critical limit for ${duration(measures.secondsAboveLatencyThreshold)}`,
    `more tasks than needed for ${tenths(measures.overProvisionedTaskSeconds / 3600)} task-hours`,
    `${rounded(measures.apiCalls)} AWS calls`,
    `${rounded(measures.stateTransitions)} state transitions`,
  ];
  const decisions = approvals.map(({ decision, by, reason }) =>
    by ? `Approval: ${decision} by ${by}: ${reason}` : `Approval: ${decision}, nobody decided`,
  );
  const missed = undelivered.map(
    ({ kind, channel, error }) => `The notice "${kind}" did not reach ${channel}: ${error}.`,
  );
  return `${[table, '', ...wrapped(`Measured: ${facts.join('; ')}.`, width), ...[...decisions, ...missed].flatMap((text) => wrapped(text, width))].join('\n')}\n`;
}

const meanings: Record<OutcomeName, string> = {
  recovered: 'the service has recovered',
  restored: 'the service has recovered and every setting is back',
  held: 'a person is called; capacity stays as it is',
  'rolled-back': 'scaling out did not help; the last good deployment is back',
  rejected: 'a person said no: the service stays scaled out',
  expired: 'nobody decided in time: the service stays scaled out',
  ignored: 'there was nothing to do',
  joined: 'another run was handling it already',
  planned: 'a dry run: nothing was changed',
  configured: 'autoscaling is as configured',
  relieved: 'the pools or the cache have room again; what the service makes of it is not judged',
  ready: 'every right, address and setting that can be tried is there',
  'not-ready': 'an incident would not go as planned; nothing was changed',
  failed: 'the run failed before it could act',
};

const raisesCount = ({ who, from, to }: Report['writes'][number]): boolean =>
  who !== 'application-autoscaling' && Number(to.desired) > Number(from.desired);

const isAsBefore = (before: Report['after'], after: Report['after']): boolean =>
  isDeepStrictEqual({ ...before, running: 0, pending: 0 }, { ...after, running: 0, pending: 0 });

/** What was given back already is not kept; where no task was added, none could help. */
function meaningOf({ outcome, before, after, writes }: Report): string {
  if (outcome === 'held' && before && isAsBefore(before, after))
    return 'a person is called; every setting is as before';
  if (outcome === 'rolled-back' && !writes.some(raisesCount))
    return 'no task was added; the last good deployment is back';
  return meanings[outcome];
}

/** The verdict with the exit code, why where it is not good, and the next command. `command` is how it was started. */
export function verdictOf(report: Report, command: Command, { stream, width }: Layout): string {
  const code = exitCodeOf(report);
  const except = report.outcome === 'restored' ? exceptFor(report.differences) : '';
  const verdict = styled(
    ['bold', code === 0 ? 'green' : 'red'],
    except
      ? `${report.outcome.toUpperCase()}, except ${except}. Exit code ${code}.`
      : `${report.outcome.toUpperCase()}, exit code ${code}: ${meaningOf(report)}.`,
    stream,
  );
  const next = `Next: ${nextCommand(report.outcome, command)}\n`;
  if (code === 0 || report.reasons.length === 0) return `${verdict} ${next}`;
  const reasons = report.reasons.flatMap((reason) =>
    wrapped(reason.text, width - 4).map((line, i) => `${i === 0 ? '  · ' : '    '}${line}`),
  );
  return [verdict, ...reasons, next].join('\n');
}

/** How the command was called: the npm script and its options. */
export interface Command {
  script: 'start' | 'simulate';
  argv: readonly string[];
}

function nextCommand(outcome: OutcomeName, { argv }: Command): string {
  const again = (options: readonly string[], ...more: string[]) =>
    ['npm run simulate', [...options, ...more].join(' ')].filter(Boolean).join(' -- ');
  const options = without(argv, ['--approve', '--speed', '--port'], ['--json', '--dry-run']);
  switch (outcome) {
    case 'restored':
    case 'recovered':
      return again(options, '--approve', 'no');
    case 'rejected':
    case 'expired':
      return again(options, '--approve', 'yes');
    case 'planned':
      // A dry run may be asked for by the event itself.
      return again(without(options, ['--event'], []));
    case 'configured':
    case 'relieved':
      return again(options, '--dry-run');
    case 'ignored':
    case 'joined':
      return again(['--event', 'events/alarm-high-latency-p99.json']);
    case 'ready':
      return again(without(options, ['--event'], []));
    case 'not-ready':
    case 'held':
    case 'rolled-back':
    case 'failed':
      return again(options, '--json');
  }
}

/** The arguments without these options (which take a value) and these switches. */
function without(argv: readonly string[], valued: readonly string[], switches: readonly string[]): string[] {
  return argv.filter((argument, i) => {
    const [name = ''] = argument.split('=');
    return !valued.includes(name) && !switches.includes(name) && !valued.includes(argv[i - 1] ?? '');
  });
}
