import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { documentedErrors } from '../../../chaos/facts/documented-errors.ts';
import { circumstances, rare } from '../../../chaos/generate/circumstances.ts';
import { fault } from '../../../chaos/generate/faults.ts';
import { incidentOf, incidents, withNames } from '../../../chaos/generate/generate.ts';
import type { ChaosFault } from '../../../chaos/generate/incident.ts';
import { workflows } from '../../../chaos/generate/moments.ts';
import { trouble } from '../../../chaos/generate/troubles.ts';

/** What a fault is, without when and how often: `wire ecs:UpdateService ThrottlingException`. */
function textOf(one: ChaosFault): string {
  switch (one.kind) {
    case 'wire':
      return `wire ${one.call} ${one.what.kind === 'error' ? one.what.name : one.what.kind}`;
    case 'stale':
      return `stale ${one.call}`;
    case 'crash':
      return `crash ${one.when}`;
    case 'lambda':
      return one.error;
    case 'clock':
      return `clock ${one.offsetSeconds}`;
    case 'store':
      return `store ${one.what}`;
    case 'channel':
      return `channel ${one.channel}`;
    case 'source':
      return `source ${one.source} ${one.what}`;
    case 'person':
      return `person ${one.change.setting}`;
    case 'alarm':
      return `alarm ${one.flaps > 0 ? 'that flaps' : 'once'}`;
    case 'repeat-event':
      return `event again after ${one.afterSeconds}`;
    case 'minimum-healthy':
      return `minimum-healthy ${one.percent}`;
    default:
      return `${one.kind} ${'machine' in one ? one.machine : ''}`;
  }
}

const faults = fc.sample(fc.noBias(fault), { seed: 1, numRuns: 40_000 });
const generated = new Set(faults.map(textOf));
const troubles = new Set(
  fc
    .sample(fc.noBias(trouble), { seed: 1, numRuns: 4000 })
    .map((one) => [one.kind, Reflect.get(one, 'fault'), Reflect.get(one, 'error')].filter(Boolean).join(' ')),
);
const every = (prefix: string, names: readonly string[]) => names.map((name) => `${prefix} ${name}`);

describe('the generator', () => {
  it.each(Object.entries(documentedErrors))('disturbs %s in each documented way', (call, errors) => {
    const ways = [...errors.map(({ name }) => name), 'timeout-before', 'timeout-after', 'delay'];
    expect([...generated]).toEqual(expect.arrayContaining(every(`wire ${call}`, ways)));
  });

  it.each([
    ['throttling', ['wire ecs:UpdateService ThrottlingException', 'Lambda.TooManyRequestsException']],
    [
      'stale reads',
      every(
        'stale',
        Object.keys(documentedErrors).filter((call) => /:(Desc|List|Get)/.test(call)),
      ),
    ],
    ['a process killed before and after its calls', every('crash', ['before', 'after'])],
    ['Lambda that fails', ['Lambda.ServiceException', 'Lambda.Unknown']],
    ['a clock off by five minutes, both ways', every('clock', ['-300', '300'])],
    ['a store that fails', every('store', ['error', 'lost-answer', 'race', 'unread'])],
    [
      'each channel failing, and the parameters',
      every('channel', ['sns', 'pagerduty', 'chat', 'mail', 'secrets', 'switch']),
    ],
    [
      'each source of metrics failing',
      ['prometheus', 'metrics page', 'health'].flatMap((source) =>
        every(`source ${source}`, ['down', 'error', 'garbage', 'nan', 'frozen']),
      ),
    ],
    [
      'a person changing each setting',
      every('person', ['desired', 'bounds', 'suspended', 'policy', 'delete-policy', 'deregister', 'deploy']),
    ],
    ['a person stopping each machine', every('stop', workflows)],
    ['a person starting each machine', every('start', workflows)],
    ['faulty input for each machine', every('faulty-input', workflows)],
    ['services of which ECS may take tasks away', every('minimum-healthy', ['50', '67', '0'])],
    ['duplicate and late events', every('event again after', ['0', '1', '2400'])],
    ['alarms, and such that flap', ['alarm once', 'alarm that flaps']],
  ])('makes %s', (_what, expected) => {
    expect([...generated]).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    [
      'tasks that fail to start in each way',
      [
        'start-failure CannotPullContainerError',
        'start-failure ResourceInitializationError',
        'no-capacity',
        'crash-loop',
      ],
    ],
    [
      'metrics missing, NaN, frozen, zero, late',
      [
        'metric-fault missing',
        'metric-fault nan',
        'metric-fault frozen',
        'metric-fault zero',
        'metric-delay',
      ],
    ],
    [
      'Prometheus that lies, hangs, or is down',
      every('monitoring-fault', ['lying', 'frozen', 'nan', 'missing', 'delayed', 'down']),
    ],
    [
      'a service in trouble',
      [
        'deployment',
        'connections-held',
        'slow-queries',
        'redis-down',
        'database-down',
        'api-down',
        'endpoint-down',
      ],
    ],
  ])('makes %s', (_what, expected) => {
    expect([...troubles]).toEqual(expect.arrayContaining(expected));
  });

  it.each(['person', 'stop', 'switch', 'gone', 'start', 'faulty-input', 'alarm', 'stale'] as const)(
    'lets "%s" fall between any two calls of a step that writes',
    (kind) => {
      const moments = faults.flatMap((one) => (one.kind === kind && 'call' in one.at ? one.at : []));
      expect(moments.map(({ state }) => state)).toEqual(
        expect.arrayContaining(['Set the desired count', 'Take one step down', 'Put the CPU policy']),
      );
      expect(moments.map(({ call }) => call)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    },
  );

  it('stops the run that takes the step', () => {
    const stops = faults.flatMap((one) => (one.kind === 'stop' && 'machine' in one.at ? one : []));
    expect(stops.length).toBeGreaterThan(0);
    expect(stops.filter(({ machine, at }) => 'machine' in at && at.machine !== machine)).toEqual([]);
  });

  it('makes the same incident of the same seed, and another of another', () => {
    expect(incidentOf(7)).toEqual(incidentOf(7));
    const within = ['poolTooSmall', 'slotsTaken'] as const;
    expect([8, 9].map((seed) => incidentOf(seed, within).dbPool)).toEqual([
      rare.poolTooSmall.dbPool,
      rare.slotsTaken.dbPool,
    ]);
    expect(incidentOf(8)).not.toEqual(incidentOf(7));
  });

  it('names the environment and its service in an input', () => {
    const input = { environment: 'ENVIRONMENT', service: 'SERVICE', alert: 'HighCPU' };
    expect(withNames(input, 'staging')).toEqual({
      environment: 'staging',
      service: 'buywhere-api-staging',
      alert: 'HighCPU',
    });
    expect(withNames('scale out', 'staging')).toBe('scale out');
  });
});

it('draws what would not come together by chance, one incident in fifty', () => {
  const drawn = fc.sample(fc.noBias(circumstances), { seed: 1, numRuns: 30_000 });
  const counts = Object.values(rare).map((one) => drawn.filter((each) => each === one).length);
  for (const count of counts) expect(count).toBeGreaterThan(10);
  expect(drawn.filter((one) => Object.keys(one).length === 0).length).toBeGreaterThan(28_700);
});

it('changes nothing else of an incident by its circumstances', () => {
  const generated = fc.sample(fc.noBias(incidents), { seed: 7, numRuns: 1 });
  expect(generated).toEqual([incidentOf(7)]);
});
