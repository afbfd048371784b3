import { type Document, isAlias, parseDocument } from 'yaml';
import type { Mutant } from '../mutant.ts';
import { after, type Change, catchChanges, stateChanges } from './states.ts';
import { another, entriesOf, type Path } from './values.ts';

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
      ...entriesOf(Object(values).hold).flatMap(([i, one]) =>
        catchChanges(one, ['hold', i], Object.keys(Object(values))),
      ),
    ];
  if (file.endsWith('shared/pools.yml')) return stateChanges(values, []);
  const { StartAt, States } = Object(values).definition;
  return [
    {
      path: ['definition', 'StartAt'],
      operator: 'start changed',
      value: after(Object.keys(States), StartAt, ''),
    },
    ...stateChanges(States, ['definition', 'States']),
  ];
}

function retryChanges(list: unknown, path: Path): Change[] {
  return entriesOf(list).flatMap(([i, one]): Change[] => {
    const { ErrorEquals, ...rest } = Object(one);
    return [
      { path: [...path, i], operator: 'Retry weakened (one left out)' },
      ...entriesOf(ErrorEquals).map(
        ([error, name]): Change => ({
          path: [...path, i, 'ErrorEquals', error],
          operator: `Retry weakened (without ${name})`,
        }),
      ),
      ...entriesOf(rest).map(
        ([key, value]): Change => ({
          path: [...path, i, key],
          operator: 'Retry changed',
          value: key === 'MaxAttempts' ? 0 : another(value),
        }),
      ),
    ];
  });
}
