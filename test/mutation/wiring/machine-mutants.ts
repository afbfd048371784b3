import { type Document, isAlias, parseDocument } from 'yaml';
import type { Mutant } from './mutant.ts';
import { another, entriesOf, isObject, type Path } from './values.ts';

/** One text of statemachines/ with one thing changed. */
export interface MachineMutant extends Mutant {
  file: string;
  text: () => string;
}

/** Every mutant of the state machines, by operator: texts by file, as `definitionTexts` gives them. */
export function machineMutants(texts: Record<string, string>): MachineMutant[] {
  return Object.entries(texts).flatMap(([file, text]) => {
    const document = parseDocument(text, { logLevel: 'silent', merge: true });
    return changesOf(file, document.toJS())
      .filter(({ path }) => isReachable(document, path))
      .map((change) => ({
        key: `${file}: ${change.path.filter((key) => key !== 'definition' && key !== 'States').join('.')} ${change.operator}`,
        operator: change.operator.replace(/ \(.*/, ''),
        file,
        text: () => written(text, change),
      }));
  });
}

interface Change {
  path: Path;
  operator: string;
  /** Taken out without it. */
  value?: unknown;
}

/** What an anchor holds is changed where it stands, and not where it is repeated or merged in. */
const isReachable = (document: Document, path: Path): boolean =>
  document.hasIn(path) && path.every((_, i) => i === 0 || !isAlias(document.getIn(path.slice(0, i), true)));

function written(text: string, { path, value }: Change): string {
  const document = parseDocument(text, { logLevel: 'silent', merge: true });
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, value);
  return document.toString();
}

function changesOf(file: string, values: unknown): Change[] {
  if (file.endsWith('retries.yml'))
    return entriesOf(values).flatMap(([name, list]) => retryChanges(list, [name]));
  if (file.endsWith('ends.yml'))
    return [
      ...stateChanges(values, []),
      ...entriesOf(Object(values).hold).flatMap(([i, one]) => catchChanges(one, ['hold', i], Object.keys(Object(values)))),
    ];
  const { StartAt, States } = Object(values).definition;
  return [
    { path: ['definition', 'StartAt'], operator: 'start changed', value: after(Object.keys(States), StartAt, '') },
    ...stateChanges(States, ['definition', 'States']),
  ];
}

/** The state behind another one in the file, but for the one that asks. */
function after(names: readonly string[], name: string, self: string): string {
  const following = [...names.slice(names.indexOf(name) + 1), ...names].filter((one) => one !== self && one !== name);
  return following[0] ?? name;
}

function stateChanges(states: unknown, path: Path): Change[] {
  const names = entriesOf(states).flatMap(([name, state]) =>
    isObject(state) && 'Type' in state ? [String(name)] : typeof state === 'string' ? [String(name)] : [],
  );
  return names.flatMap((name) => {
    const state = Object(Object(states)[name]);
    const here = [...path, name];
    return state.Type === undefined ? [] : ofState(state, here, names);
  });
}

function ofState(state: Record<string, unknown>, path: Path, names: readonly string[]): Change[] {
  const self = String(path.at(-1));
  const to = (where: Path, next: unknown): Change => ({
    path: where,
    operator: 'next changed',
    value: after(names, String(next), self),
  });
  const text = (key: string, operator: string) =>
    typeof state[key] === 'string' ? [{ path: [...path, key], operator, value: `${state[key]}X` }] : [];
  return [
    ...['Next', 'Default'].flatMap((key) => (state[key] === undefined ? [] : [to([...path, key], state[key])])),
    ...entriesOf(state.Choices).flatMap(([i, choice]) => choiceChanges(choice, [...path, 'Choices', i], to)),
    ...(state.Catch === undefined ? [] : [{ path: [...path, 'Catch'], operator: 'Catch removed' }]),
    ...(Array.isArray(state.Catch) ? entriesOf(state.Catch) : []).flatMap(([i, one]) =>
      catchChanges(one, [...path, 'Catch', i], names),
    ),
    ...(state.Retry === undefined
      ? []
      : [
          { path: [...path, 'Retry'], operator: 'Retry removed' },
          { path: [...path, 'Retry'], operator: 'Retry weakened', value: weaker(state.Retry) },
        ]),
    ...timeChanges(state, path),
    ...('ResultPath' in state
      ? [
          { path: [...path, 'ResultPath'], operator: 'ResultPath changed', value: `${state.ResultPath}X` },
          { path: [...path, 'ResultPath'], operator: 'ResultPath removed' },
        ]
      : []),
    ...['InputPath', 'OutputPath', 'ItemsPath'].flatMap((key) => text(key, `${key} changed`)),
    ...['Parameters', 'ResultSelector', 'ItemSelector', 'Result'].flatMap((key) =>
      parameterChanges(state[key], [...path, key]),
    ),
    ...text('Error', 'end changed'),
    ...['Cause', 'CausePath', 'ErrorPath'].flatMap((key) =>
      key in state ? [{ path: [...path, key], operator: `${key} removed` }] : [],
    ),
    ...(state.Type === 'Fail' || state.Type === 'Succeed'
      ? [{ path: [...path, 'Type'], operator: 'end changed', value: state.Type === 'Fail' ? 'Succeed' : 'Fail' }]
      : []),
    ...(String(state.Resource).includes('.sync:2')
      ? [{ path: [...path, 'Resource'], operator: 'sync removed', value: String(state.Resource).replace('.sync:2', '') }]
      : []),
    ...stateChanges(Object(state.ItemProcessor).States, [...path, 'ItemProcessor', 'States']),
  ];
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: as the definitions say it
const notice = '${file(statemachines/shared/retries.yml):notice}';
// biome-ignore lint/suspicious/noTemplateCurlyInString: as the definitions say it
const weaker = (retry: unknown) => (retry === notice ? '${file(statemachines/shared/retries.yml):poll}' : notice);

function timeChanges(state: Record<string, unknown>, path: Path): Change[] {
  const changes = (key: string, least: number): Change[] =>
    typeof state[key] === 'number'
      ? [
          { path: [...path, key], operator: 'time-out changed (less)', value: least },
          { path: [...path, key], operator: 'time-out changed (more)', value: state[key] * 15 },
        ]
      : [];
  return [
    ...changes('TimeoutSeconds', 1),
    ...changes('Seconds', 1),
    ...('TimeoutSeconds' in state ? [{ path: [...path, 'TimeoutSeconds'], operator: 'time-out removed' }] : []),
  ];
}

function catchChanges(one: unknown, path: Path, names: readonly string[]): Change[] {
  const { Next, ResultPath } = Object(one);
  return [
    { path, operator: 'Catch removed (one)' },
    { path: [...path, 'Next'], operator: 'next changed', value: after(names, String(Next), '') },
    { path: [...path, 'ResultPath'], operator: 'ResultPath changed', value: `${ResultPath}X` },
  ];
}

type To = (where: Path, next: unknown) => Change;

function choiceChanges(choice: unknown, path: Path, to: To): Change[] {
  const { Next, And, Or, Not: _, Variable, ...comparison } = Object(choice);
  const [[operator = '', value] = []] = entriesOf(comparison).filter(([key]) => key !== 'Comment');
  const inner = (key: string, list: unknown): Change[] => [
    ...(Array.isArray(list) && list.length > 1 ? list.map((_one, i): Change => ({ path: [...path, key, i], operator: 'clause removed' })) : []),
    ...entriesOf(list).flatMap(([i, one]) => choiceChanges(one, [...path, key, i], to)),
  ];
  return [
    ...(Next === undefined ? [] : [{ path, operator: 'choice removed' }, to([...path, 'Next'], Next)]),
    ...(And === undefined ? [] : inner('And', And)),
    ...(Or === undefined ? [] : inner('Or', Or)),
    ...(Variable === undefined ? [] : [{ path: [...path, operator], operator: 'choice flipped', value: another(value) }]),
  ];
}

/** Each value of the parameters left out; each literal changed. What a path reads is its value. */
function parameterChanges(value: unknown, path: Path): Change[] {
  if (value === undefined) return [];
  if (isObject(value)) return entriesOf(value).flatMap(([key, inner]) => parameterChanges(inner, [...path, key]));
  const isPath = String(path.at(-1)).endsWith('.$');
  return [
    { path, operator: 'parameter dropped' },
    ...(isPath || /^(machine|StateMachineArn)$/.test(String(path.at(-1))) ? [] : [{ path, operator: 'literal changed', value: another(value) }]),
  ];
}

function retryChanges(list: unknown, path: Path): Change[] {
  return entriesOf(list).flatMap(([i, one]): Change[] => {
    const { ErrorEquals, ...rest } = Object(one);
    return [
      { path: [...path, i], operator: 'Retry weakened (one left out)' },
      ...entriesOf(ErrorEquals).map(([error, name]): Change => ({ path: [...path, i, 'ErrorEquals', error], operator: `Retry weakened (without ${name})` })),
      ...entriesOf(rest).map(([key, value]): Change => ({ path: [...path, i, key], operator: 'Retry changed', value: key === 'MaxAttempts' ? 0 : another(value) })),
    ];
  });
}
