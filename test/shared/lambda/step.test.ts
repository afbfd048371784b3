import { ECSClient } from '@aws-sdk/client-ecs';
import { describe, expect, it, jest } from '@jest/globals';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import type { Elsewhere } from '../../../shared/config/elsewhere.ts';
import { errorNames, GuardError, InvalidInputError } from '../../../shared/core/errors.ts';
import { int } from '../../../shared/core/schema.ts';
import type { PreflightAsk, Tried } from '../../../shared/document/preflight.ts';
import type { StepContext } from '../../../shared/lambda/context.ts';
import { executionOf, lambda, step, timer } from '../../../shared/lambda/step.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { now, production } from '../../support/builders.ts';
import { withShop } from '../../support/other-account.ts';

const context: Context = {
  functionName: 'double',
  awsRequestId: '1',
  callbackWaitsForEmptyEventLoop: false,
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:ap-southeast-1:123456789012:function:double',
  memoryLimitInMB: '256',
  logGroupName: '',
  logStreamName: '',
  getRemainingTimeInMillis: () => 1000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

const run = jest.fn(async ({ count }: { count: number }, _tools: StepContext<'store'>) => count * 2);
const preflight = jest.fn(async (_ask: PreflightAsk, _tools: unknown): Promise<Tried> => ({ rows: [] }));
const double = step({
  name: 'double',
  input: v.object({ count: v.pipe(int, v.minValue(1)) }),
  run,
  preflight,
});

function wrapped() {
  const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
  const store = jest.fn(() => memoryRecordStore({ now: () => new Date(now) }));
  const handler = lambda(double, { store }, () => ({
    config: production,
    log,
    now: () => new Date(now),
    after: timer,
  }));
  run.mockClear();
  return { handler, store, log };
}

describe('a step as a Lambda function', () => {
  it.each(['ThrottlingException', 'Throttling', 'TooManyRequestsException'])(
    'reports %s by the one name that the state machines know',
    async (name) => {
      const { handler } = wrapped();
      run.mockRejectedValueOnce(Object.assign(new Error('Rate exceeded'), { name }));
      await expect(handler({ count: 2 }, context)).rejects.toMatchObject({
        name: 'ThrottledError',
        message: `${name}: Rate exceeded`,
      });
    },
  );

  describe('asked for a preflight', () => {
    const ask: PreflightAsk = {
      services: ['buywhere-api'],
      execution: 'arn:aws:states:eu-west-1:1:execution:m:n',
      once: true,
      writes: true,
      testMail: false,
      testNotice: false,
      testRun: false,
    };

    it('tries its calls and does not run', async () => {
      const { handler } = wrapped();
      preflight.mockResolvedValueOnce({ rows: [{ by: 'double', check: 'service', result: 'ok' }] });
      expect(await handler({ preflight: ask }, context)).toEqual({
        rows: [{ by: 'double', check: 'service', result: 'ok' }],
      });
      expect(preflight).toHaveBeenLastCalledWith(ask, expect.objectContaining({ config: production }));
      expect(run).not.toHaveBeenCalled();
    });

    it('only where nothing else is said: a request from outside always says more', async () => {
      const { handler } = wrapped();
      preflight.mockClear();
      await handler({ preflight: ask, count: 2 }, context);
      expect(preflight).not.toHaveBeenCalled();
      expect(run).toHaveBeenCalledTimes(1);
    });

    it('is throttled by the name that the state machine repeats', async () => {
      const { handler } = wrapped();
      preflight.mockRejectedValueOnce(Object.assign(new Error('Rate exceeded'), { name: 'Throttling' }));
      await expect(handler({ preflight: ask }, context)).rejects.toMatchObject({ name: 'ThrottledError' });
    });
  });

  it('leaves its time limit to Lambda, whose error the state machines repeat', async () => {
    const { handler } = wrapped();
    run.mockImplementationOnce(async () => {
      await timer(30).passed;
      return 4;
    });

    expect(await handler({ count: 2 }, { ...context, getRemainingTimeInMillis: () => 6 })).toBe(4);
  });

  it('gets its input parsed and its context by name', async () => {
    const { handler, store } = wrapped();

    expect(await handler({ count: 2, more: true }, context)).toBe(4);
    expect(run).toHaveBeenCalledWith(
      { count: 2 },
      expect.objectContaining({ config: production, store: store.mock.results[0]?.value }),
    );
  });

  it('makes its clients once for all calls of a container', async () => {
    const { handler, store } = wrapped();
    await handler({ count: 1 }, context);
    await handler({ count: 1 }, context);

    expect(store).toHaveBeenCalledTimes(1);
  });

  it('refuses a bad event by the name that the state machines match, without running', async () => {
    const { handler } = wrapped();

    await expect(handler({ count: 0.5 }, context)).rejects.toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining('count: '),
    });
    await expect(handler(null, context)).rejects.toThrow(InvalidInputError);
    expect(run).not.toHaveBeenCalled();
  });

  it.each([
    new GuardError('too many'),
    Object.assign(new Error('denied'), { name: 'AccessDeniedException' }),
  ])('passes the error $name on as it is, and logs it with the execution', async (error) => {
    const { handler, log } = wrapped();
    run.mockRejectedValueOnce(error);
    const execution = 'arn:aws:states:ap-southeast-1:123456789012:execution:scale-in:run-1';

    await expect(handler({ count: 1, document: { execution } }, context)).rejects.toBe(error);
    expect(log.error).toHaveBeenCalledWith('step failed', {
      execution,
      error: { name: error.name, message: error.message },
    });
  });
});

describe('a step about a service in another account', () => {
  const seen: unknown[] = [];
  const look = step({
    name: 'look',
    input: v.looseObject({}),
    async run(_input, { ecs, store }: StepContext<'ecs' | 'store'>) {
      seen.push([ecs, store]);
    },
    async preflight(_ask, { ecs, store }: StepContext<'ecs' | 'store'>) {
      seen.push([ecs, store]);
      return { rows: [] };
    },
  });
  const document = (service: string, name = 'run-1') => ({
    document: { request: { service, execution: { name } } },
  });

  /** A container whose clients say where they are. */
  function container(about?: () => { service: string; execution: string }) {
    seen.length = 0;
    const ecs = jest.fn(
      (_attempts?: number, elsewhere?: Elsewhere) => new ECSClient({ region: elsewhere?.region ?? 'here' }),
    );
    const store = jest.fn((_attempts?: number, _elsewhere?: Elsewhere) =>
      memoryRecordStore({ now: () => new Date(now) }),
    );
    const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
    const handler = lambda({ ...look, ...(about && { about }) }, { ecs, store }, () => ({
      config: withShop(),
      log,
      now: () => new Date(now),
      after: timer,
    }));
    return { ecs, store, call: (event: object) => handler(event, context) };
  }

  it('gets clients of its account, with a role of its own and the name of the execution; the rest is of here', async () => {
    const { ecs, store, call } = container();
    await call(document('checkout'));
    expect(ecs.mock.calls.map(([, elsewhere]) => elsewhere)).toEqual([
      undefined,
      {
        region: 'eu-west-1',
        role: 'arn:aws:iam::222233334444:role/emergency-scaling-production-shop-look',
        externalId: 'of-the-shop',
        session: 'run-1',
      },
    ]);
    expect(seen).toEqual([[ecs.mock.results[1]?.value, store.mock.results[0]?.value]]);
  });

  it('tries its calls there in a preflight, in the name of the execution that asks', async () => {
    const { ecs, store, call } = container();
    await call({
      preflight: {
        services: ['checkout'],
        execution: 'arn:aws:states:ap-southeast-1:123456789012:execution:preflight:daily-1',
        once: false,
        writes: true,
        testMail: false,
        testNotice: false,
        testRun: false,
      },
    });
    expect(ecs.mock.calls.map(([, elsewhere]) => elsewhere?.session)).toEqual([undefined, 'daily-1']);
    expect(seen).toEqual([[ecs.mock.results[1]?.value, store.mock.results[0]?.value]]);
    expect(store.mock.calls).toEqual([[undefined, undefined]]);
  });

  it('keeps them for an execution, and gives those of here to a service of here', async () => {
    const { ecs, store, call } = container();
    const calls = [
      document('checkout'),
      document('checkout'),
      document('buywhere-api'),
      document('checkout'),
    ];
    for (const event of calls) await call(event);
    await call(document('checkout', 'run-2'));
    expect(ecs.mock.calls.map(([, elsewhere]) => elsewhere?.session)).toEqual([undefined, 'run-1', 'run-2']);
    const used = seen.map((one) => ecs.mock.results.findIndex(({ value }) => value === Object(one)[0]));
    expect(used).toEqual([1, 1, 0, 1, 2]);
    expect(store).toHaveBeenCalledTimes(1);
  });

  it('may say itself what its input is about; else without a document it is about nothing', async () => {
    const itself = container(() => ({ service: 'checkout', execution: 'run-3' }));
    await itself.call({});
    expect(itself.ecs.mock.calls.at(-1)?.[1]?.session).toBe('run-3');
    const silent = container();
    await silent.call({ document: { request: {} } });
    expect(silent.ecs.mock.calls).toEqual([[undefined, undefined]]);
  });
});

describe('a step on AWS', () => {
  const speak = step({
    name: 'speak',
    input: v.object({}),
    preflight,
    async run(_input, { config, log, now, after }: StepContext<never>) {
      log.info('to know', { of: config.environment });
      log.warn('to look at');
      log.error('to act on', { at: now().toISOString() });
      await after(1).passed;
      return now().getTime();
    },
  });

  /** What it writes to its log, line by line. */
  async function spoken(call: () => Promise<unknown>) {
    const before = process.env;
    process.env = { ...before, EMERGENCY_SCALING_CONFIG: JSON.stringify(production) };
    const lines: string[] = [];
    const streams = [process.stdout, process.stderr];
    const writes = streams.map((stream) => stream.write);
    for (const stream of streams) stream.write = (chunk: unknown) => lines.push(String(chunk)) > 0;
    try {
      const result = await call().catch((error: unknown) => error);
      return {
        result,
        said: lines.filter((line) => line.startsWith('{')).map((line): unknown => JSON.parse(line)),
      };
    } finally {
      streams.forEach((stream, i) => {
        stream.write = writes[i] ?? stream.write;
      });
      process.env = before;
    }
  }

  it('has the packaged configuration, the clock, and a log as JSON with the function and its request', async () => {
    const began = Date.now();
    const { result, said } = await spoken(() => lambda(speak, {})({}, context));
    expect(result).toBeGreaterThanOrEqual(began);
    expect(said).toMatchObject([
      {
        level: 'INFO',
        message: 'to know',
        of: 'production',
        function_name: 'double',
        function_request_id: '1',
      },
      { level: 'WARN', message: 'to look at' },
      { level: 'ERROR', message: 'to act on', at: expect.stringMatching(/Z$/) },
    ]);
  });

  it('logs also what is no error, where that is thrown', async () => {
    const run = (_input: object, _tools: StepContext<never>) => Promise.reject('gone');
    const fail = step({ name: 'fail', input: v.object({}), run, preflight });
    const { result, said } = await spoken(() => lambda(fail, {})({}, context));
    expect(result).toBe('gone');
    expect(said).toMatchObject([
      { level: 'ERROR', message: 'step failed', error: { name: 'Unknown', message: 'gone' } },
    ]);
  });
});

describe('the execution of an event', () => {
  it('is found wherever the document names it', () => {
    const arn = 'arn:aws:states:eu-west-1:1:execution:m:n';
    expect(executionOf({ document: { request: { execution: { arn } } } })).toBe(arn);
    expect(executionOf({ other: 1 })).toBeUndefined();
    expect(executionOf(undefined)).toBeUndefined();
  });
});

it('each error has its own name', () => {
  expect(new Set(errorNames).size).toBe(errorNames.length);
  expect(errorNames.every((name) => name.endsWith('Error'))).toBe(true);
});

it('a cancelled deadline never passes', async () => {
  const { passed, cancel } = timer(1);
  cancel();
  const other = timer(5);
  expect(await Promise.race([passed.then(() => 'cancelled'), other.passed.then(() => 'other')])).toBe(
    'other',
  );
});
