import { describe, expect, it, jest } from '@jest/globals';
import { createProcesses } from '../../chaos/faults/dying-process.ts';
import { createFunctionFaults } from '../../chaos/faults/function-faults.ts';
import { createSourceFaults } from '../../chaos/faults/source-faults.ts';
import { wireFaultPlan, withStaleReads } from '../../chaos/faults/wire-faults.ts';
import type { ChaosFault, SourceTrouble } from '../../chaos/generate/incident.ts';
import type { Reach } from '../../chaos/record/reach.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { invocation } from './recordings.ts';

const place = { state: 'Assess the situation', stateEntry: 3 };

describe('on the wire', () => {
  const asked = (faults: ChaosFault[], calls: string[], caller = 'scale-out') => {
    const reach: Reach = new Map();
    const plan = wireFaultPlan(faults, reach, () => 'scale-out · Set the desired count');
    const met = calls.map((call) => {
      const [service = '', operation = ''] = call.split(':');
      return plan({ at: 0, caller, service, operation, input: {} })?.kind;
    });
    return { met, reach };
  };
  const update = 'ecs:UpdateService';
  const throttled: ChaosFault = {
    kind: 'wire',
    call: update,
    first: 2,
    times: 2,
    what: { kind: 'error', name: 'ThrottlingException', status: 400 },
  };

  it('the calls meant are disturbed, and no other', () => {
    const { met, reach } = asked([throttled], [update, update, 'ecs:ListTasks', update, update]);
    expect(met).toEqual([undefined, 'error', undefined, 'error', undefined]);
    expect(reach.get('ThrottlingException')).toEqual(new Map([['scale-out · Set the desired count', 2]]));
  });

  it('people and the sandbox itself are left alone', () => {
    expect(asked([{ ...throttled, first: 1 }], [update], 'person').met).toEqual([undefined]);
  });

  it('a channel that is down refuses', () => {
    const down: ChaosFault = { kind: 'channel', channel: 'mail', first: 1, times: 1 };
    expect(asked([down], ['sns:Publish', 'ses:SendEmail', 'ses:SendEmail']).met).toEqual([
      undefined,
      'error',
      undefined,
    ]);
  });

  it('a stale answer is the newest that is old enough', async () => {
    let now = 0;
    let age: number | undefined;
    const stale: string[] = [];
    const handle = withStaleReads(
      async () => ({ status: 200, headers: {}, body: String(now) }),
      () => age,
      () => now,
      () => 'ecs:DescribeServices',
      (call) => stale.push(call),
    );
    const ask = async (at: number) => {
      now = at;
      return (await handle({ method: 'POST', path: '/', headers: {}, body: '', caller: 'assess' })).body;
    };
    await ask(1000);
    await ask(5000);
    age = 10;
    expect(await ask(6000)).toBe('6000');
    expect(await ask(12_000)).toBe('1000');
    expect(await ask(15_500)).toBe('5000');
    expect(stale).toHaveLength(2);
  });
});

describe('in the processes of functions', () => {
  const run = async (faults: ChaosFault[]) => {
    const effect = jest.fn(async () => ({ status: 200, headers: {}, body: '' }));
    const reach: Reach = new Map();
    const processes = createProcesses({
      now: () => 0,
      faults: createFunctionFaults(faults, reach),
      whereIs: () => place,
      aim: () => ({}),
    });
    const own = { handle: effect, store: memoryRecordStore({ now: () => new Date(0) }), now: () => 0 };
    // Only what this test asks for is there.
    const around = processes.surroundings(Object.assign(Object.create(null), own));
    const request = {
      method: 'POST',
      path: '/',
      headers: { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.UpdateService' },
      body: '{}',
      caller: 'scale-out',
    };
    const { 'scale-out': call } = processes.functions({ 'scale-out': () => around.handle(request) });
    const ended = await call?.({}, { functionName: 'scale-out', awsRequestId: '1' }).then(
      () => 'answered',
      (error: Error) => error.name,
    );
    return { ended, effects: effect.mock.calls.length, reach, clock: around.now() };
  };
  const crash = (when: 'before' | 'after', call: number | string = 1): ChaosFault => ({
    kind: 'crash',
    function: 'scale-out',
    call,
    when,
  });

  it.each([
    ['nothing', [], 'answered', 1],
    ['killed before a call: no effect', [crash('before')], 'Lambda.Unknown', 0],
    ['killed after a call: the effect is there', [crash('after')], 'Lambda.Unknown', 1],
    ['killed at a call of that name', [crash('before', 'ecs:UpdateService')], 'Lambda.Unknown', 0],
    ['not killed at a call of another name', [crash('before', 'ecs:DescribeServices')], 'answered', 1],
    [
      'not invoked',
      [{ kind: 'lambda', function: 'scale-out', first: 1, times: 1, error: 'Lambda.ServiceException' }],
      'Lambda.ServiceException',
      0,
    ],
  ] satisfies [string, ChaosFault[], string, number][])('%s', async (_case, faults, ended, effects) => {
    expect(await run(faults)).toMatchObject({ ended, effects });
  });

  it('a death is written down with the call that it met', async () => {
    const { reach } = await run([crash('after')]);
    expect([...reach.keys()]).toEqual(['killed after ecs:UpdateService']);
  });

  const faults = (...own: ChaosFault[]) => createFunctionFaults(own, new Map());
  const assess = invocation('assess', 'emergency-scaling');

  it('a clock is off for its function only', () => {
    const off = faults({ kind: 'clock', function: 'assess', offsetSeconds: -300 });
    expect(off.clockOffset(assess)).toBe(-300_000);
    expect(off.clockOffset(invocation('plan', 'emergency-scaling'))).toBe(0);
  });

  it.each(['sns', 'pagerduty', 'chat', 'mail', 'secrets', 'switch'] as const)(
    '%s fails as often as meant',
    (channel) => {
      const down = faults({ kind: 'channel', channel, first: 2, times: 1 });
      down.channel(channel, assess);
      expect(() => down.channel(channel, assess)).toThrow(`${channel} is down`);
      down.channel(channel, assess);
    },
  );

  it.each([
    ['error', false, false],
    ['lost-answer', false, true],
    ['race', true, false],
  ] as const)('a store write meets %s', async (what, answered, landed) => {
    const store = memoryRecordStore({ now: () => new Date(0) });
    await store.write('key', 'old', { expected: 'absent' });
    const version = (await store.read('key'))?.version ?? 0;
    const disturbed = faults({ kind: 'store', function: 'assess', first: 1, times: 1, what });
    const writing = disturbed.storeWrite(assess, store, 'key', 'new', { expected: version });
    if (answered) expect(await writing).toBe(false);
    else await expect(writing).rejects.toThrow('the store did not answer');
    expect((await store.read('key'))?.body).toBe(landed ? 'new' : 'old');
  });

  it('a store read fails, and the next is answered', async () => {
    const store = memoryRecordStore({ now: () => new Date(0) });
    const disturbed = faults({ kind: 'store', function: 'assess', first: 1, times: 1, what: 'unread' });
    await expect(disturbed.storeRead(assess, store, 'key')).rejects.toThrow('the store did not answer');
    expect(await disturbed.storeRead(assess, store, 'key')).toBeUndefined();
  });
});

describe('at the sources of metrics and health', () => {
  const url = 'https://prometheus.invalid/api/v1/query?query=up&time=1';
  const answer = (value: string) => ({
    status: 200,
    latencyMilliseconds: 20,
    body: `{"status":"success","data":{"result":[{"metric":{},"value":[17,"${value}"]}]}}`,
  });
  const disturbed = (what: SourceTrouble) =>
    createSourceFaults([{ kind: 'source', source: 'prometheus', first: 2, times: 9, what }], () => undefined);

  it('one that is down does not answer', async () => {
    const source = disturbed('down');
    await source.ask(url, async () => answer('1'));
    await expect(source.ask(url, async () => answer('2'))).rejects.toThrow('prometheus is down');
  });

  it.each([
    ['error', 500, 'internal error'],
    ['garbage', 200, '<html>'],
    ['nan', 200, '[17,"NaN"]'],
    ['frozen', 200, '[17,"1"]'],
  ] as const)('%s', async (what, status, body) => {
    const source = disturbed(what);
    await source.ask(url, async () => answer('1'));
    const found = await source.ask(url.replace('time=1', 'time=2'), async () => answer('2'));
    expect(found.status).toBe(status);
    expect(found.body).toContain(body);
  });

  it('a metrics page has NaN at the end of its lines', async () => {
    const page = createSourceFaults(
      [{ kind: 'source', source: 'metrics page', first: 1, times: 1, what: 'nan' }],
      () => undefined,
    );
    const shown = {
      status: 200,
      latencyMilliseconds: 20,
      body: 'pool_size{db="a 1"} 20\npool_used 3.5e+1\n',
    };
    const found = await page.ask('https://api.invalid/metrics', async () => shown);
    expect(found.body).toBe('pool_size{db="a 1"} NaN\npool_used NaN\n');
  });
});
