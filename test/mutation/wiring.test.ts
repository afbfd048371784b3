import { describe, expect, it } from '@jest/globals';
import { statemachinesFolder } from '../../sandbox/config-files.ts';
import { definitionTexts, parseDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { equivalents } from './wiring/equivalents.ts';
import { drawn } from './wiring/mutant.ts';
import { withSwitches } from './wiring/mutants/awaits.ts';
import { machineMutants } from './wiring/mutants/machines.ts';
import { planted } from './wiring/planted.ts';
import { failuresOf, unknownKeys } from './wiring/report.ts';

describe('mutants of the machines', () => {
  const texts = definitionTexts(statemachinesFolder);
  const mutants = machineMutants(texts);

  it('are more than a thousand, each with a name of its own', () => {
    expect(mutants.length).toBeGreaterThan(1500);
    expect(new Set(mutants.map(({ key }) => key)).size).toBe(mutants.length);
  });

  it('have all that the lists name', () => {
    expect(
      unknownKeys([...Object.keys(planted.machines), ...Object.keys(equivalents.machines)], mutants),
    ).toEqual([]);
  });

  it('change the one thing that they name', () => {
    const mutant = mutants.find(({ key }) =>
      key.startsWith('rollback.yml: Start scale-in.Parameters.Input.startedBy.'),
    );
    const text = mutant?.text() ?? '';
    const { States } =
      parseDefinitions({ ...texts, [mutant?.file ?? '']: text }).find('rollback')?.definition ?? {};
    const before = parseDefinitions(texts).find('rollback')?.definition.States;
    const changed = Object.keys(before ?? {}).filter(
      (name) => JSON.stringify(before?.[name]) !== JSON.stringify(States?.[name]),
    );
    expect(changed).toEqual(['Start scale-in']);
  });

  it('are drawn alike by the same seed, and otherwise by another', () => {
    const keys = (seed: number) => drawn(mutants, 20, seed).map(({ key }) => key);
    expect(keys(1)).toEqual(keys(1));
    expect(keys(1)).not.toEqual(keys(2));
  });
});

it('what nobody waits for is put behind a switch, to the end of the call', () => {
  const { text, awaited } = withSwitches('if (!(await claim(a, [b]))) await tell({ c }).catch(d);', 'f.ts');
  expect(text).toBe(
    'if (!(await globalThis.held("f.ts-await-0", claim(a, [b])))) await globalThis.held("f.ts-await-1", tell({ c }).catch(d));',
  );
  expect([...awaited.values()]).toEqual(['claim(a, [b])', 'tell({ c }).catch(d)']);
});

it('a measurement fails below 90 % of an area, and with a planted fault that nobody found', () => {
  const outcome = (foundBy?: string) => ({
    key: 'k',
    operator: 'o',
    milliseconds: 1,
    ...(foundBy ? { foundBy } : {}),
  });
  const area = (found: number, planting: string | undefined) => ({
    ...{ commit: 'c', seed: 1, seconds: 1, whole: true, all: 10, equivalent: 0 },
    drawn: Array.from({ length: 10 }, (_, i) => outcome(i < found ? 't' : undefined)),
    planted: [{ ...outcome(planting), name: 'n' }],
  });
  expect(failuresOf({ roles: area(9, 't') })).toEqual([]);
  expect(failuresOf({ roles: area(8, undefined) })).toEqual([
    'roles: 80.0 % found, 90 % needed',
    'roles: not found: n',
  ]);
});
