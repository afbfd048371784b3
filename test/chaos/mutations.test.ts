import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { parseChaosArguments } from '../../chaos/arguments.ts';
import { amid } from '../../chaos/generate/circumstances.ts';
import { huntMutations } from '../../chaos/mutations/command.ts';
import { hunt } from '../../chaos/mutations/hunt.ts';
import { type Mutation, mutated } from '../../chaos/mutations/mutation.ts';
import { mutations } from '../../chaos/mutations/mutations.ts';
import { machinesWith, shippedText } from '../../chaos/mutations/plant.ts';
import { tableOf } from '../../chaos/mutations/report.ts';
import { scenarios } from '../../chaos/mutations/scenarios.ts';
import { statemachinesFolder } from '../../sandbox/config-files.ts';
import { loadDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { read, tableRows } from '../support/markdown.ts';

const shipped = loadDefinitions(statemachinesFolder);

const named = (name: string): Mutation => {
  const found = mutations.find((one) => one.name === name);
  if (!found) throw new Error(`no planted bug "${name}"`);
  return found;
};

describe('the planted bugs', () => {
  it('cover each scenario', () => {
    const numbers = mutations.flatMap(({ scenario }) => (typeof scenario === 'number' ? scenario : []));
    expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual([...scenarios.keys()]);
  });

  it('have each a name of their own', () => {
    const names = mutations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    'still applies: %s',
    (_, mutation) => {
      const sound = shippedText(mutation);
      const text = mutated(mutation, sound);
      expect(text).not.toBe(sound);
      if (mutation.file.endsWith('.ts')) stripTypeScriptTypes(text);
      else expect(machinesWith(mutation).machines.size).toBe(shipped.machines.size);
    },
  );

  it('stand in docs/planted-bugs.md, each with how it was found', () => {
    const rows = tableRows(read('docs/planted-bugs.md'));
    expect(rows.map(([, name]) => name)).toEqual(mutations.map(({ name }) => name));
    for (const [scenario = '', name, , runs, found] of rows) {
      expect([name, Number(runs) > 0, found !== '']).toEqual([name, true, true]);
      const title = scenarios.get(Number(/^\d+/.exec(scenario)?.[0]));
      if (!scenario.startsWith('invariant')) expect(scenario).toContain(title);
    }
  });

  it('refuse a text that has changed meanwhile', () => {
    const mutation = named('leaves autoscaling free to scale in');
    expect(() => mutated(mutation, 'another text')).toThrow(
      `"leaves autoscaling free to scale in": its text occurs 0 times in ${mutation.file}, not once`,
    );
    expect(() => mutated({ ...mutation, replace: mutation.find }, mutation.find)).toThrow('changes nothing');
  });
});

describe('npm run chaos -- --mutations', () => {
  it('plays up to 1,000 incidents for each bug', () => {
    expect(parseChaosArguments(['--mutations'])).toMatchObject({ mutations: true, runs: 1000, only: '' });
    expect(parseChaosArguments([])).toMatchObject({ mutations: false, runs: 300 });
  });

  it('names the bugs when none has the wanted name', async () => {
    const chosen = parseChaosArguments(['--mutations', '--only', 'no such bug']);
    if (!chosen) throw new Error('no arguments');
    await expect(huntMutations(chosen)).rejects.toThrow(
      /^--only: "no such bug" is in no name; allowed: a part of "a pending update/,
    );
  });

  it('says what was missed, and where the sound code is no better', () => {
    const mutation = named('goes down in one step');
    const violation = { invariant: '2 small steps', text: 'too large a step' };
    const missed = tableOf([{ mutation, runs: 7, sound: [] }], 5);
    expect(missed).toContain('not in 7');
    expect(missed).toContain('1 of 1 planted bugs were not found: goes down in one step');
    const unsound = tableOf([{ mutation, runs: 2, found: { seed: 6, violation }, sound: [violation] }], 5);
    expect(unsound).toContain('sound code violates 2 small steps with the same incident, seed 6');
    expect(unsound).toContain('passes not all of those incidents');
  });
});

it('adds what a bug needs to what was generated', () => {
  const incident = {
    environment: 'staging',
    traffic: { factor: 2, riseSeconds: 5, holdSeconds: 240 },
    troubles: [],
    approver: { answer: 'yes', delaySeconds: 5 },
    taskStartSeconds: 40,
    trigger: 'alarm',
    faults: [{ kind: 'repeat-event', afterSeconds: 5 }],
  } as const;
  const channel = { kind: 'channel', channel: 'mail', first: 1, times: 100 } as const;
  expect(amid(incident, { environment: 'production', faults: [channel] })).toEqual({
    ...incident,
    environment: 'production',
    faults: [...incident.faults, channel],
  });
});

it('finds planted bugs, and the sound code passes the same incidents', async () => {
  const wanted = ['leaves autoscaling free to scale in', 'writes without a snapshot'];
  const found = await hunt({ mutations: wanted.map(named), runs: 30, seed: 1, workers: 2 });
  expect(found.map(({ found: at, sound }) => [at?.violation.invariant, sound])).toEqual([
    ['order: bounds before count', []],
    ['9 snapshot before writes', []],
  ]);
  expect(tableOf(found, 1)).toContain('All 2 planted bugs were found');
}, 120_000);
