import { another, entriesOf, isObject, type Path } from './values.ts';

/** One thing changed in the values of a text. */
export interface Change {
  path: Path;
  operator: string;
  /** Taken out without it. */
  value?: unknown;
}

/** The state behind another one in the file, but for the one that asks. */
export function after(names: readonly string[], name: string, self: string): string {
  const following = [...names.slice(names.indexOf(name) + 1), ...names].filter(
    (one) => one !== self && one !== name,
  );
  return following[0] ?? name;
}

export function stateChanges(states: unknown, path: Path): Change[] {
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
    ...['Next', 'Default'].flatMap((key) =>
      state[key] === undefined ? [] : [to([...path, key], state[key])],
    ),
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
      ? [
          {
            path: [...path, 'Type'],
            operator: 'end changed',
            value: state.Type === 'Fail' ? 'Succeed' : 'Fail',
          },
        ]
      : []),
    ...(String(state.Resource).includes('.sync:2')
      ? [
          {
            path: [...path, 'Resource'],
            operator: 'sync removed',
            value: String(state.Resource).replace('.sync:2', ''),
          },
        ]
      : []),
    ...stateChanges(Object(state.ItemProcessor).States, [...path, 'ItemProcessor', 'States']),
  ];
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: as the definitions say it
const notice = '${file(statemachines/shared/retries.yml):notice}';
const weaker = (retry: unknown) => (retry === notice ? notice.replace('notice', 'poll') : notice);

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
    ...('TimeoutSeconds' in state
      ? [{ path: [...path, 'TimeoutSeconds'], operator: 'time-out removed' }]
      : []),
  ];
}

export function catchChanges(one: unknown, path: Path, names: readonly string[]): Change[] {
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
    ...(Array.isArray(list) && list.length > 1
      ? list.map((_one, i): Change => ({ path: [...path, key, i], operator: 'clause removed' }))
      : []),
    ...entriesOf(list).flatMap(([i, one]) => choiceChanges(one, [...path, key, i], to)),
  ];
  return [
    ...(Next === undefined ? [] : [{ path, operator: 'choice removed' }, to([...path, 'Next'], Next)]),
    ...(And === undefined ? [] : inner('And', And)),
    ...(Or === undefined ? [] : inner('Or', Or)),
    ...(Variable === undefined
      ? []
      : [{ path: [...path, operator], operator: 'choice flipped', value: another(value) }]),
  ];
}

/** Each value of the parameters left out; each literal changed. What a path reads is its value. */
function parameterChanges(value: unknown, path: Path): Change[] {
  if (value === undefined) return [];
  if (isObject(value))
    return entriesOf(value).flatMap(([key, inner]) => parameterChanges(inner, [...path, key]));
  const isPath = String(path.at(-1)).endsWith('.$');
  return [
    { path, operator: 'parameter dropped' },
    ...(isPath || /^(machine|StateMachineArn)$/.test(String(path.at(-1)))
      ? []
      : [{ path, operator: 'literal changed', value: another(value) }]),
  ];
}
