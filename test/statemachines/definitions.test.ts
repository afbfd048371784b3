import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { parse } from 'yaml';
import { z } from 'zod';
import { functionNames } from '../../resources/names.ts';
import { statemachinesFolder } from '../../sandbox/config-files.ts';
import type { State } from '../../sandbox/engine/definition/asl.ts';
import {
  calledFunctions,
  definitionTexts,
  loadDefinitions,
} from '../../sandbox/engine/definition/definitions.ts';
import { lint } from '../../sandbox/engine/lint/lint.ts';
import { errorNames, preflightEnd, toldEnds, untoldEnd } from '../../shared/core/errors.ts';
import { Outcome } from '../../shared/document/outcome.ts';
import { machines as machineNames } from '../../shared/document/request.ts';
import { Verification } from '../../shared/document/verification.ts';
import { noticeKinds } from '../../shared/notices/wording.ts';
import { read, section, tableRows } from '../support/markdown.ts';
import { root } from '../support/packaged.ts';

const machines = [...loadDefinitions(statemachinesFolder).machines.values()];
const statesOf = (definition: (typeof machines)[number]['definition']) => Object.entries(definition.States);
const Deployed = z.object({
  functions: z.record(z.string(), z.object({ events: z.array(z.unknown()).optional() })),
});
const { functions } = Deployed.parse(
  parse(readFileSync(`${root}/serverless.yml`, 'utf8'), { logLevel: 'silent' }),
);
/** Functions that a request or an event calls, not a state machine. */
const withDoor = Object.keys(functions).filter((name) => functions[name]?.events);
/** The runbook's sections, as docs/runbook-map.md lists them; a step may be cited by its number, the appendix as such. */
const sections = tableRows(section(read('docs/runbook-map.md'), '## Sections')).map(([name = '']) =>
  name.replace(/^(Step \d|Appendix):.*/, '$1'),
);
/** What carries out the runbook's own commands; the others keep records, locks and approvals. */
const ofRunbook = [
  'assess',
  'scale-out',
  'scale-in',
  'register-target',
  'put-policy',
  'wait-verify',
  'rollback',
  'notify',
];
const isRun = (name: string) => machineNames.some((known) => known === name);

it('every machine that handles a request has its file', () => {
  const names = machines.map(({ name }) => name);
  expect(machineNames.filter((name) => !names.includes(name))).toEqual([]);
});

it('every function is a step of a machine or has a door of its own, and every step has its function', () => {
  const called = machines.flatMap(({ definition }) => calledFunctions(definition));
  expect([...new Set([...called, ...withDoor])].sort()).toEqual(functionNames());
});

it('ends with errors that the watcher and the report know, and they with no other', () => {
  const states = machines.flatMap(({ definition }) => Object.values(definition.States));
  const errors = states.flatMap((state) => (state.Type === 'Fail' ? (state.Error ?? []) : []));
  expect([...new Set(errors)].sort()).toEqual([...toldEnds, untoldEnd, preflightEnd].sort());
});

it('refers to everything that the machines share', () => {
  const texts = Object.entries(definitionTexts(statemachinesFolder));
  const shared = texts.filter(([file]) => file.startsWith('shared/'));
  const names = shared.flatMap(([file, text]) =>
    Object.keys(z.record(z.string(), z.unknown()).parse(parse(text, { logLevel: 'silent' }))).map(
      (name) => `\${file(statemachines/${file}):${name}}`,
    ),
  );
  expect(shared.map(([file]) => file)).toEqual(['shared/ends.yml', 'shared/pools.yml', 'shared/retries.yml']);
  expect(names.filter((name) => !texts.some(([, text]) => text.includes(name)))).toEqual([]);
});

describe.each(machines.map((machine) => [machine.name, machine] as const))('%s', (name, machine) => {
  const states = statesOf(machine.definition);
  const named = (test: (state: State) => boolean) =>
    states.filter(([, state]) => test(state)).map(([state]) => state);

  it('passes the lint: timeouts, retries, catches, comments, known error names, nothing unreachable', () => {
    expect(lint(machine, { errorNames, withoutRetry: [] })).toEqual([]);
  });

  it('catches by name only what the code throws', () => {
    const caught = states
      .flatMap(([, state]) => ('Catch' in state ? (state.Catch ?? []) : []))
      .flatMap(({ ErrorEquals }) => ErrorEquals);
    const unknown = [...new Set(caught)].filter(
      (error) => !errorNames.includes(error) && !/^States\./.test(error),
    );
    expect(unknown).toEqual([]);
  });

  it('says of every state what it is for', () => {
    expect(named(({ Comment = '' }) => !/^[A-Z].*\.$/.test(Comment))).toEqual([]);
  });

  it('cites the section of the runbook: as a machine, and in each state that does what the runbook does', () => {
    const cites = (comment = '') => sections.some((section) => comment.includes(section));
    expect([name, cites(machine.definition.Comment)]).toEqual([name, true]);
    const bare = states.filter(
      ([, state]) =>
        state.Type === 'Task' &&
        calledFunctions({ ...machine.definition, States: { state } }).some((called) =>
          ofRunbook.includes(called),
        ) &&
        !cites(state.Comment),
    );
    expect(bare.map(([state]) => state)).toEqual([]);
  });

  it('has verb phrases for states and questions for choices', () => {
    const choices = named(({ Type }) => Type === 'Choice');
    expect(choices.filter((state) => !state.endsWith('?'))).toEqual([]);
    expect(states.map(([state]) => state).filter((state) => state.endsWith('?'))).toEqual(choices);
  });

  it('has a deadline, and starts at the one door when it handles a request', () => {
    expect(machine.definition.TimeoutSeconds).toBeGreaterThan(0);
    expect(machine.definition.StartAt === 'Understand the request').toBe(isRun(name));
  });

  it('never ends green after a failure: from a catch no Succeed state is reached before a step that undoes or tells', () => {
    const next = states.flatMap(([state, { ...definition }]) =>
      'Catch' in definition ? (definition.Catch ?? []).map((one) => [state, one.Next] as const) : [],
    );
    const succeeding = new Set(named(({ Type }) => Type === 'Succeed'));
    // Steps whose failure must not change how the run ends: notices, and writing down the end.
    const harmless = /^(Tell people|Record|Report)/;
    expect(next.filter(([state, to]) => succeeding.has(to) && !harmless.test(state))).toEqual([]);
  });

  const Parameters = z
    .object({
      goal: z.string(),
      kind: z.string(),
      outcome: z.string(),
      direction: z.string(),
      machine: z.string(),
    })
    .partial();
  it('hands the functions only what they accept', () => {
    const given = states.flatMap(([, state]) =>
      state.Type === 'Task' ? [Parameters.safeParse(state.Parameters ?? {}).data ?? {}] : [],
    );
    const all = (key: keyof z.infer<typeof Parameters>) => given.flatMap((one) => one[key] ?? []);

    expect(all('kind').filter((kind) => !noticeKinds.some((known) => known === kind))).toEqual([]);
    expect(all('goal').filter((goal) => !v.is(Verification.entries.goal, goal))).toEqual([]);
    expect(all('outcome').filter((outcome) => !v.is(Outcome.entries.outcome, outcome))).toEqual([]);
    expect(all('machine')).toEqual(isRun(name) ? [name] : []);
  });
});
