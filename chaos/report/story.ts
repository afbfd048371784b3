import type { Execution } from '../../sandbox/engine/history/execution.ts';
import type { Violation } from '../checkers/all.ts';
import { clock, statesOf, told } from '../checkers/checker.ts';
import { listAt, textAt } from '../facts/values.ts';
import type { ChaosFault, ChaosIncident, Moment } from '../generate/incident.ts';
import type { Recording } from '../record/recording.ts';

const longest = 40;

/** What happened in a failing run, shortened: faults, people, runs, writes, in virtual time; at most 40 lines. */
export function storyOf(recording: Recording, violations: readonly Violation[]): string {
  const { incident, executions } = recording;
  const names = new Map(executions.map(({ arn, machine }, index) => [arn, `${machine} #${index + 1}`]));
  const lines = executions.flatMap((execution) => runLines(execution, names.get(execution.arn) ?? ''));
  for (const write of recording.writes) {
    const by = names.get(write.invocation?.execution ?? '');
    lines.push({ at: write.at, text: `  ${told(write).slice(9)}${by ? ` (${by})` : ''}` });
  }
  for (const act of recording.people) lines.push({ at: act.at, text: `  a person: ${act.text}` });
  for (const one of recording.invocations) {
    if (one.error) {
      lines.push({
        at: one.endedAt ?? one.startedAt,
        text: `  ${one.function} in "${one.state}": ${one.error}`,
      });
    }
    if (one.function === 'close-incident') {
      const reasons = listAt(one.result, 'reasons')
        .slice(0, 3)
        .map((reason) => textAt(reason, 'text'))
        .join('; ');
      lines.push({ at: one.startedAt, text: `  ${textAt(one.result, 'outcome')}: ${reasons}` });
    }
    const failed = listAt(one.result, 'failed');
    if (failed.length > 0)
      lines.push({ at: one.startedAt, text: `  notice failed: ${JSON.stringify(failed)}` });
  }
  const sorted = lines.sort((a, b) => a.at - b.at).map(({ at, text }) => `${clock(at)} ${text}`);
  const head = [
    ...violations.slice(0, 3).map(({ invariant, text }) => `VIOLATED ${invariant}: ${text}`),
    describe(incident),
    ...incident.faults.map((fault) => `fault: ${faultText(fault)}`),
  ];
  const room = longest - head.length;
  const shown =
    sorted.length <= room
      ? sorted
      : [...sorted.slice(0, Math.floor(room / 2)), '…', ...sorted.slice(-(Math.ceil(room / 2) - 1))];
  return [...head, ...shown].map((line) => line.slice(0, 240)).join('\n');
}

/** When a run starts and how it ends; nothing of one that had nothing to do. */
function runLines(execution: Execution, name: string): { at: number; text: string }[] {
  const { startDate, stopDate, error, cause = '' } = execution;
  const last = statesOf(execution).at(-1) ?? '';
  if (last === 'Joined' || last === 'Ignored') return [];
  const how = error && error !== last ? `: ${error} ${cause.slice(0, 120)}` : '';
  return [
    { at: startDate, text: `${name} starts` },
    ...(stopDate === undefined ? [] : [{ at: stopDate, text: `${name} ends in "${last}"${how}` }]),
  ];
}

function describe({ environment, traffic, troubles, approver, trigger }: ChaosIncident): string {
  const wrong = troubles.map(({ kind, from, until }) => `${kind} ${from}–${until} s`).join(', ');
  return `${environment}, traffic ×${traffic.factor} for ${traffic.holdSeconds} s, started by ${trigger}, approvers say ${approver.answer}${wrong ? `; ${wrong}` : ''}`;
}

/** A fault in words. */
function faultText(fault: ChaosFault): string {
  const { kind, ...rest } = fault;
  const at = 'at' in fault ? ` ${momentText(fault.at)}` : '';
  const { at: _, ...details } = { at: undefined, ...rest };
  return `${kind}${at} ${JSON.stringify(details)}`;
}

function momentText(moment: Moment): string {
  if ('atSeconds' in moment) return `at ${moment.atSeconds} s`;
  const when = 'call' in moment ? `before call ${moment.call} of` : `${moment.afterSeconds} s after`;
  return `${when} "${moment.state}" of ${moment.machine} (visit ${moment.visit})`;
}
