import { functionFileName } from '../../sandbox/engine/basics/arn.ts';
import { chaosDefinitions } from '../facts/definitions.ts';
import { documentedErrors } from '../facts/documented-errors.ts';
import { kindOfFunction, type StepKind, stepKinds } from '../facts/step-kinds.ts';

const serverErrors = new Set(
  Object.values(documentedErrors).flatMap((errors) =>
    errors.flatMap(({ name, status }) => (status >= 500 ? name : [])),
  ),
);
const knownErrors = new Set(
  Object.values(documentedErrors).flatMap((errors) => errors.map(({ name }) => name)),
);

/** Names of faults that belong into one row. */
const groups: readonly (readonly [RegExp, string])[] = [
  [/^Lambda\./, 'not invoked'],
  [/^Throttl|^TooManyRequests/, 'throttled'],
  [/^timeout-before/, 'time-out before the effect'],
  [/^timeout-after/, 'time-out after the effect'],
  [/^killed before/, 'killed before a call'],
  [/^killed after/, 'killed after a call'],
  [/^stale/, 'stale answer'],
  [/^store/, 'record store fails'],
  [/^(prometheus|metrics page|health) /, 'source of metrics fails'],
  [/ down$/, 'channel or parameter fails'],
  [/^person:/, 'a person changes a setting'],
  [/^person starts/, 'a person starts a run'],
];

function groupOf(fault: string): string {
  const group = groups.find(([pattern]) => pattern.test(fault))?.[1];
  if (group) return group;
  if (serverErrors.has(fault)) return 'error 5xx';
  return knownErrors.has(fault) ? 'error 4xx' : fault;
}

/** `assess · Assess the situation`, or `scale-in · Wait for calm` where nobody was called; undefined between runs. */
function kindOfStep(step: string): StepKind | undefined {
  if (step === 'a page') return 'ask';
  const [where = '', state = ''] = step.split(' · ');
  const machine = chaosDefinitions().machines.get(where)?.definition.States[state];
  // A machine and a function may share a name.
  if (!machine) return kindOfFunction[where];
  if (machine.Type !== 'Task') return 'wait';
  return kindOfFunction[functionFileName(machine.Resource)] ?? 'wait';
}

/** How often each kind of fault met each kind of step: a head row and one row per fault, most frequent first. */
export function reachTable(reach: Readonly<Record<string, Readonly<Record<string, number>>>>): string[][] {
  const rows = new Map<string, Map<StepKind | 'all', number>>();
  for (const [fault, steps] of Object.entries(reach)) {
    const group = groupOf(fault);
    const row = rows.get(group) ?? new Map<StepKind | 'all', number>();
    rows.set(group, row);
    for (const [step, count] of Object.entries(steps)) {
      for (const column of ['all', kindOfStep(step)] as const) {
        if (column) row.set(column, (row.get(column) ?? 0) + count);
      }
    }
  }
  const columns = ['all', ...stepKinds] as const;
  return [
    ['fault', ...columns],
    ...[...rows]
      .toSorted(([, a], [, b]) => (b.get('all') ?? 0) - (a.get('all') ?? 0))
      .map(([group, row]) => [group, ...columns.map((column) => String(row.get(column) ?? 0))]),
  ];
}
