import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { statemachinesFolder } from '../../sandbox/config-files.ts';
import type { State } from '../../sandbox/engine/definition/asl.ts';
import { calledFunctions, loadDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { documentKeys } from '../../shared/document/document.ts';

/** What the machines do alike, and what each state that names something means by it. */

type Task = Extract<State, { Type: 'Task' }>;
const machines = [...loadDefinitions(statemachinesFolder).machines.values()];
/** The states of a machine, those within a Map as well. */
const within = (states: Record<string, State>): [string, State][] =>
  Object.entries(states).flatMap(([name, is]): [string, State][] => [
    [name, is],
    ...(is.Type === 'Map' ? within(is.ItemProcessor.States) : []),
  ]);
const states = machines.flatMap(({ name, definition }) =>
  within(definition.States).map(([state, is]) => ({
    where: `${name}: ${state}`,
    state,
    is,
    definition,
  })),
);
const tasks = states.flatMap(({ is, ...rest }) =>
  is.Type === 'Task' ? [{ ...rest, is, called: functionOf(is, rest.definition) }] : [],
);

function functionOf(is: Task, definition: (typeof machines)[number]['definition']): string {
  return calledFunctions({ ...definition, States: { is } })[0] ?? '';
}

const Retries = z.record(z.string(), z.array(z.looseObject({ ErrorEquals: z.array(z.string()) })));
const retries = Retries.parse(
  parse(readFileSync(`${statemachinesFolder}/shared/retries.yml`, 'utf8'), { merge: true }),
);
const text = (name: string, value: unknown) => z.string().optional().parse(Object(value)[name]);
const isStart = ({ Resource }: Task) => Resource.includes(':states:startExecution');

/** Functions that do nothing without the lock. */
const underLock = [
  ...['assess', 'plan', 'read-autoscaling', 'take-snapshot', 'wait-verify', 'request-approval'],
  ...['register-target', 'scale-out', 'put-policy', 'put-autoscaling', 'scale-in', 'rollback'],
  ...['relieve-redis'],
];

it('ends a run that has lost the lock as Superseded, wherever it is', () => {
  // The workflow beside an open request holds no lock, and goes on without its look; a preflight holds none either.
  const needing = tasks.filter(
    ({ called, where }) => underLock.includes(called) && !/^(approval-reminder|preflight): /.test(where),
  );
  expect(needing.length).toBeGreaterThan(20);
  const caught = needing.map(({ where, is }) => [
    where,
    is.Catch?.find(({ ErrorEquals }) => ErrorEquals.includes('LockLostError')),
  ]);
  const superseded = { ErrorEquals: ['LockLostError'], ResultPath: '$.failure', Next: 'Superseded' };
  expect(caught).toEqual(needing.map(({ where }) => [where, superseded]));
});

it('hands a run that it starts the service, who asked, and whose lock it may take over', () => {
  const starting = tasks.filter(({ is, state }) => isStart(is) && state !== 'Look after the request');
  expect(starting).toHaveLength(6);
  for (const { where, is } of starting) {
    const given = Object.keys(Object(Object(is.Parameters).Input)).map((name) => name.replace(/\.\$$/, ''));
    expect([where, given]).toEqual([
      where,
      expect.arrayContaining(['environment', 'service', 'requestedBy', 'startedBy']),
    ]);
    expect(Object(is.Parameters).Input['startedBy.$']).toBe('$$.Execution.Id');
  }
});

it("repeats Lambda's own faults everywhere, and each state what its kind repeats", () => {
  const faults = [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.Unknown',
  ];
  for (const [name, list] of Object.entries(retries)) {
    const repeated = list.flatMap(({ ErrorEquals }) => ErrorEquals);
    expect([name, repeated]).toEqual([
      name,
      expect.arrayContaining([...faults, 'Lambda.TooManyRequestsException', 'WriteConflictError']),
    ]);
    const dying = ['Lambda.ClientExecutionTimeoutException', 'Sandbox.Timedout'];
    if (name !== 'notice') expect([name, repeated]).toEqual([name, expect.arrayContaining(dying)]);
  }
  // A function in a network may have to get its interface back first, which takes minutes.
  const ofNetworks = ['ResourceNotReady', 'ENINotReady', 'EC2Throttled'].map(
    (name) => `Lambda.${name}Exception`,
  );
  for (const name of ['lambda', 'admission', 'poll']) {
    const [, patient] = retries[name] ?? [];
    expect([name, patient]).toMatchObject([name, { MaxAttempts: 60 }]);
    expect([name, patient?.ErrorEquals]).toEqual([name, expect.arrayContaining(ofNetworks)]);
  }
  const kindOf = ({ where, is }: (typeof tasks)[number]) => {
    if (is.Resource.endsWith('.waitForTaskToken')) return 'callback';
    if (/^(emergency-scaling|pgbouncer-emergency): Assess the situation$/.test(where)) return 'admission';
    if (where === 'emergency-scaling: Verify the scaling') return 'poll';
    if (/^preflight: (Try|Compare|Make) /.test(where)) return 'preflight';
    // What comes next comes whatever it finds.
    if (/^emergency-scaling: Read the (pools|cache)$|: Look at the pools again$/.test(where)) return 'notice';
    return is.TimeoutSeconds === 10 ? 'notice' : 'lambda';
  };
  expect(tasks.map((task) => [task.where, task.is.Retry])).toEqual(
    tasks.map((task) => [task.where, retries[kindOf(task)]]),
  );
});

it('waits for a step as long as its kind may take', () => {
  const beforeWrite = tasks.filter(({ is }) => is.TimeoutSeconds === 10);
  // Nothing waits long for these: what follows is a write, or another look.
  expect(beforeWrite.map(({ state }) => state).sort()).toEqual([
    'Tell people and watch',
    'Tell people as well',
    'Tell people that it has not helped',
    'Tell people that it started',
    'Tell people that the pools are raised',
    'Tell people the plan',
    'Withdraw the approval request',
    'Withdraw the approval request',
  ]);
  // As long as two looks with what is between them, and no longer: people are told afterwards.
  const looks = tasks.filter(({ state }) => /^Read the (pools|cache)$|^Look at the pools again$/.test(state));
  expect(looks.map(({ is }) => is.TimeoutSeconds)).toEqual([30, 30, 30, 30, 30]);
  const others = tasks.filter((task) => task.is.TimeoutSeconds !== 10 && !looks.includes(task));
  expect(others.map(({ where, is }) => [where, is.TimeoutSeconds])).toEqual(
    others.map(({ where, state, is }) => [
      where,
      is.Resource.endsWith('.sync:2') ? 3600 : state === 'Ask for approval' ? undefined : 60,
    ]),
  );
  const waits = states.flatMap(({ where, is }) =>
    is.Type === 'Wait' && is.Seconds !== undefined ? [[where, is.Seconds]] : [],
  );
  expect(waits).toEqual([
    ['approval-reminder: Give the request time', 60],
    ['emergency-scaling: Wait for the pools', 5],
    ['pgbouncer-emergency: Wait for the pools', 5],
    ['redis-emergency: Wait for the database', 60],
    ['redis-emergency: Wait for the cache', 5],
    ['rollback: Wait for the rollback', 15],
  ]);
});

/** States whose name says what they record or tell. */
const said: Record<string, Record<string, string>> = {
  'Record the recovery': { outcome: 'recovered' },
  'Record that the run is held': { outcome: 'held' },
  'Record the relief': { outcome: 'relieved' },
  'Record what is wrong': { outcome: 'held' },
  'Record the rollback': { outcome: 'rolled-back' },
  'Record the configuration': { outcome: 'configured' },
  'Record the rejection': { outcome: 'rejected' },
  'Record the expiry': { outcome: 'expired' },
  'Close the incident': { outcome: 'restored' },
  'Tell people as well': { kind: 'escalated' },
  'Tell people that it started': { kind: 'started' },
  'Tell people the plan': { kind: 'planned' },
  'Tell people that it scaled': { kind: 'scaled' },
  'Tell people that it recovered': { kind: 'verified' },
  'Tell people and watch': { kind: 'escalated' },
  'Tell people that it has not helped': { kind: 'escalated' },
  'Tell people what the pools say': { kind: 'escalated' },
  'Tell people though it joins': { kind: 'escalated' },
  Escalate: { kind: 'escalated' },
  'Tell people that it is held': { kind: 'held' },
  'Tell people that it is rolled back': { kind: 'rolled-back' },
  'Tell people that it is restored': { kind: 'restored' },
  'Tell people that it is still scaled out': { kind: 'still-scaled-out' },
  'Tell people that the way down waits': { kind: 'still-scaled-out' },
  'Tell people that approval is asked for': { kind: 'waiting-for-approval' },
  'Tell people about the rejection': { kind: 'rejected' },
  'Tell people about the expiry': { kind: 'expired' },
  'Tell people what has changed': { kind: 'configured' },
  'Report that no run could start': { kind: 'failed' },
  'Verify the scaling': { goal: 'recovered' },
  'Verify the rollback': { goal: 'rolled-back' },
  'Verify the restoration': { goal: 'restored' },
  'Check for calm': { goal: 'calm' },
  'Check after the step': { goal: 'step' },
  'Plan the capacity': { direction: 'out' },
  'Plan the way back': { direction: 'in' },
  'Plan again after approval': { direction: 'in' },
  'Tell people that the pools are raised': { kind: 'pools-raised' },
  'Read the pools': { mode: 'look' },
  'Look at the pools again': { mode: 'verify' },
  'Raise the pools': { mode: 'raise' },
  'Raise the pools for the tasks': { mode: 'raise' },
  'Take the raise back': { mode: 'undo' },
  'Give the pools back': { mode: 'restore' },
  'Raise the ceiling': { mode: 'raise' },
  'Make autoscaling more aggressive': { mode: 'raise' },
  'Restore the CPU policy': { mode: 'restore' },
  'Restore the bounds': { mode: 'restore' },
  'Let autoscaling scale in again': { mode: 'resume' },
  'Plan the relief': { mode: 'plan' },
  'Let it evict': { mode: 'policy' },
  'Remove keys': { mode: 'unlink' },
  'Flush the cache': { mode: 'flush' },
  'Give the policy back': { mode: 'restore' },
  'Record that it is relieved': { outcome: 'relieved' },
  'Record that nothing was needed': { outcome: 'ignored' },
  'Tell people that it is relieved': { kind: 'relieved' },
  'Register the scalable target': { part: 'target' },
  'Put the CPU policy': { part: 'cpu' },
  'Put the latency policy': { part: 'latency' },
  'Put the request policy': { part: 'requests' },
};

it('records, tells, checks and writes what the name of the state says', () => {
  const given = tasks.map(({ where, state, is }) => {
    const own = ['outcome', 'kind', 'goal', 'direction', 'mode', 'part'].flatMap((name) => {
      const value = text(name, is.Parameters);
      return value === undefined ? [] : [[name, value]];
    });
    return [where, state, Object.fromEntries(own)] as const;
  });
  expect(given).toEqual(given.map(([where, state]) => [where, state, said[state] ?? {}]));
  expect(Object.keys(said).filter((name) => !tasks.some(({ state }) => state === name))).toEqual([]);
});

/** How a run ends: what the console, ExecutionsFailed and the watcher show. A Fail has its error and where its cause is. */
const ends: Record<string, [error: string, cause: string] | 'green'> = {
  Configured: 'green',
  'Goes on in a new run': 'green',
  Ignored: 'green',
  Joined: 'green',
  'Nothing needed': 'green',
  'Nothing to raise': 'green',
  Planned: 'green',
  Raised: 'green',
  Recovered: 'green',
  Relieved: 'green',
  Restored: 'green',
  'rollback: Rolled back': 'green',
  Settled: 'green',
  Ready: 'green',
  'These are tried': 'green',
  'Not ready': ['NotReady', '$.report.summary'],
  'Nothing is proved': ['NotReady', '$.failure.Cause'],
  'No table': ['NotReady', '$.failure.Cause'],
  'Bad request': ['$.Error', '$.Cause'],
  Expired: ['ApprovalExpired', 'text'],
  Held: ['Held', '$.outcome.summary'],
  'configure-autoscaling: Held': ['Held', 'text'],
  'Nobody was told': ['NobodyWasTold', 'text'],
  'Not started': ['NotStarted', '$.failure.Cause'],
  'configure-autoscaling: Not started': ['NotStarted', 'text'],
  Rejected: ['ApprovalRejected', '$.failure.Cause'],
  'Rolled back': ['RolledBack', 'format'],
  'Stopped to scale out again': ['Superseded', '$.verification.reasons[0].text'],
  Superseded: ['Superseded', '$.failure.Cause'],
};

it('ends green only where the run did what it was for, and red with an error and its cause', () => {
  const endOf = (is: State): unknown => {
    if (is.Type === 'Succeed') return 'green';
    if (is.Type !== 'Fail') return undefined;
    const cause = is.Cause ? 'text' : (is.CausePath?.replace(/^States\.Format.*/, 'format') ?? '');
    return [is.Error ?? is.ErrorPath, cause];
  };
  const found = states.filter(({ is }) => endOf(is) !== undefined);
  expect(found.map(({ where, is }) => [where, endOf(is)])).toEqual(
    found.map(({ where, state }) => [where, ends[where] ?? ends[state]]),
  );
});

it('gives back what this incident raised, now or in an earlier run', () => {
  const choice = states.find(({ where }) => where === 'emergency-scaling: Is it scaled out?');
  const ways = choice?.is.Type === 'Choice' ? choice.is.Choices : [];
  expect(ways.map(({ Variable, Next }) => `${Variable} → ${Next}`)).toEqual([
    '$.outcome.goesOn → Assess the situation',
    '$.plan.action → Tell people that it recovered',
    '$.incident.snapshotStored → Start scale-in',
    '$.snapshot → Start scale-in',
  ]);
});

/** All that the states of a machine read and choose by, without the places that they write to. */
const readIn = (definition: unknown): string =>
  JSON.stringify(definition, (key, value: unknown) => (key === 'ResultPath' ? undefined : value));

describe('a result', () => {
  /** Written down for whoever reads the execution; no step needs them. */
  const notes = ['delivery', 'reminder', 'scaleIn', 'scaleOut', 'unread', 'unrecorded', 'withdrawal'];
  const written = states.flatMap(({ where, is, definition }) => {
    const paths = [
      ...('ResultPath' in is && is.ResultPath ? [is.ResultPath] : []),
      ...('Catch' in is ? (is.Catch ?? []).flatMap(({ ResultPath }) => ResultPath ?? []) : []),
    ];
    return paths.map((path) => ({ where, path, definition }));
  });

  it('is a key of the document, is read by a later state, or is known as a note', () => {
    const lost = written.filter(({ path, definition }) => {
      const key = /^\$\.(\w+)/.exec(path)?.[1];
      return (
        key !== undefined &&
        !(key in documentKeys) &&
        !notes.includes(key) &&
        !new RegExp(`\\$\\.${key}\\b`).test(readIn(definition))
      );
    });
    expect(written.length).toBeGreaterThan(100);
    expect(lost.map(({ where, path }) => `${where} → ${path}`)).toEqual([]);
  });

  it('of a throttled look is where plan and verification pace themselves by it', () => {
    const throttled = states.flatMap(({ is }) =>
      'Catch' in is
        ? (is.Catch ?? []).filter(({ ErrorEquals }) => ErrorEquals.includes('ThrottledError'))
        : [],
    );
    expect(throttled.map(({ ResultPath }) => ResultPath)).toEqual(['$.throttled', '$.throttled']);
  });
});
