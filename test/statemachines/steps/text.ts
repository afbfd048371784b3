import type { State } from '../../../sandbox/engine/definition/asl.ts';
import { calledFunctions, type MachineDefinition } from '../../../sandbox/engine/definition/definitions.ts';

/** A state in one line: what it calls with what, where the answer goes, and where the run goes then. */
export type Step = [state: string, does: string];

/** The steps of a machine in the order of its file, those of a Map indented by its name. */
export function stepsOf({ definition }: MachineDefinition): Step[] {
  return [
    ['', `starts at ${definition.StartAt}, ends after ${definition.TimeoutSeconds} s`],
    ...steps(definition.States, ''),
  ];
}

function steps(states: Record<string, State>, within: string): Step[] {
  return Object.entries(states).flatMap(([name, state]): Step[] => [
    [`${within}${name}`, textOf(state)],
    ...(state.Type === 'Map'
      ? [
          [`${name} / `, `starts at ${state.ItemProcessor.StartAt}`] satisfies Step,
          ...steps(state.ItemProcessor.States, `${name} / `),
        ]
      : []),
  ]);
}

function textOf(state: State): string {
  const all: Record<string, unknown> = { ...state };
  const next = (one: Record<string, unknown>) => (one.Next === undefined ? 'end' : `→ ${one.Next}`);
  const caught = [all.Catch ?? []].flat().map((one) => {
    const { ErrorEquals, ResultPath, ...rest } = Object(one);
    return `${ErrorEquals.join(', ')} as ${ResultPath} ${next(rest)}`;
  });
  switch (state.Type) {
    case 'Choice':
      return [
        ...[all.Choices].flat().map((one) => `${ruleText(one)} ${next(Object(one))}`),
        `else → ${all.Default}`,
      ].join('; ');
    case 'Succeed':
    case 'Fail':
      return state.Type.toLowerCase();
    case 'Wait':
      return `waits ${all.Seconds ?? all.SecondsPath ?? all.TimestampPath} ${next(all)}`;
    case 'Task':
    case 'Pass':
    case 'Map':
      return [
        `${calledBy(state)}(${valuesText(all.Parameters ?? all.ItemsPath)})${selected(all)} as ${all.ResultPath} ${next(all)}`,
        ...caught,
      ].join('; ');
    default:
      return state.Type;
  }
}

function calledBy(state: State): string {
  if (state.Type !== 'Task') return state.Type.toLowerCase();
  const [called] = calledFunctions({ Comment: '', TimeoutSeconds: 1, StartAt: '', States: { state } });
  return called ?? state.Resource.replace(/^.*:states:/, '');
}

const selected = (all: Record<string, unknown>) =>
  ['ResultSelector', 'ItemSelector', 'InputPath', 'OutputPath']
    .flatMap((key) => (key in all ? [` ${key} ${valuesText(all[key])}`] : []))
    .join('');

function valuesText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(valuesText).join(', ')}]`;
  return Object.entries(value)
    .map(([key, inner]) =>
      typeof inner === 'object'
        ? `${key}: { ${valuesText(inner)} }`
        : key.endsWith('.$')
          ? `${key.slice(0, -2)} ← ${inner}`
          : `${key}: ${inner}`,
    )
    .join(', ');
}

function ruleText(rule: unknown): string {
  const { And, Or, Not, Variable, Next: _, Comment: _comment, ...comparison } = Object(rule);
  if (And) return `(${[And].flat().map(ruleText).join(' and ')})`;
  if (Or) return `(${[Or].flat().map(ruleText).join(' or ')})`;
  if (Not) return `not ${ruleText(Not)}`;
  return `${Variable} ${Object.entries(comparison)
    .map(([key, value]) => `${key} ${value}`)
    .join(' ')}`;
}
