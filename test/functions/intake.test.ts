import { readFileSync } from 'node:fs';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { intake } from '../../functions/intake.ts';
import { configWith, production, request } from '../support/builders.ts';
import { root } from '../support/packaged.ts';
import { listening, quietLog } from './harness.ts';

const cloudwatch = mockClient(CloudWatchClient);
const states = mockClient(SFNClient);
beforeEach(() => {
  cloudwatch.reset();
  states.reset();
});

const event: unknown = JSON.parse(readFileSync(`${root}/events/alarm-high-latency-p99.json`, 'utf8'));
const { execution } = request();
const run = (input: unknown, hoursLate = 0, config = production, log = quietLog) =>
  intake.run(
    { machine: 'emergency-scaling', input, execution },
    {
      config,
      log,
      now: () => new Date(Date.parse('2026-10-02T17:07:01.000Z') + hoursLate * 3_600_000),
      after: () => ({ passed: new Promise(() => undefined), cancel: () => undefined }),
      cloudwatch: new CloudWatchClient({}),
      states: new SFNClient({}),
    },
  );

it('looks the alarm of an event up, and acts while it fires', async () => {
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [{ StateValue: 'ALARM' }] });

  expect(await run(event, 5)).toMatchObject({ act: true, alert: 'HighLatencyP99' });
  expect(cloudwatch.commandCalls(DescribeAlarmsCommand)[0]?.args[0].input).toMatchObject({
    AlarmNames: ['buywhere-api-HighLatencyP99'],
    AlarmTypes: ['MetricAlarm'],
  });
});

it.each<[string, object, string]>([
  ['is OK by now', { MetricAlarms: [{ StateValue: 'OK' }] }, 'is OK by now'],
  ['does not exist any more', {}, 'does not exist any more'],
])('ignores an event whose alarm %s', async (_, answer, reason) => {
  cloudwatch.on(DescribeAlarmsCommand).resolves(answer);
  expect(await run(event)).toMatchObject({
    act: false,
    reasons: [{ text: expect.stringContaining(reason) }],
  });
});

it('without CloudWatch trusts a fresh event and no late one', async () => {
  cloudwatch.on(DescribeAlarmsCommand).rejects(new Error('unreachable'));
  expect([(await run(event)).act, (await run(event, 5)).act]).toEqual([true, false]);
});

it('tells the log what it has understood, and what it could not look up', async () => {
  cloudwatch.on(DescribeAlarmsCommand).rejects(new Error('unreachable'));
  const { log, lines } = listening();
  const understood = await run(event, 0, production, log);
  expect(understood).toMatchObject({ alert: 'HighLatencyP99' });
  const alarmName = 'buywhere-api-HighLatencyP99';
  expect(lines).toEqual([
    ['warn', 'the alarm could not be looked up', { alarmName, error: 'Error: unreachable' }],
    ['info', 'request understood', understood],
  ]);
});

it('asks nothing about an alarm of another account, and refuses what it says', async () => {
  const region = 'ap-southeast-1';
  const config = configWith((draft) => {
    draft.accounts = { other: { account: '999999999999', region, externalId: 'x'.repeat(32), iam: {} } };
  });
  const from = (account: string) => Object.assign({}, event, { account, region });
  await expect(run(from('999999999999'), 0, config)).rejects.toMatchObject({
    name: 'InvalidInputError',
    message: `account: alarms of buywhere-api come from 123456789012 in ${region}; this event is from 999999999999 in ${region}`,
  });
  expect(cloudwatch.calls()).toEqual([]);
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [{ StateValue: 'ALARM' }] });
  expect(await run(from('123456789012'), 0, config)).toMatchObject({ act: true });
});

it('looks nothing up for a console input', async () => {
  expect(await run({ environment: 'production' })).toMatchObject({ source: 'console', act: true });
  expect(cloudwatch.calls()).toEqual([]);
});

describe('a run that is said to have started this one', () => {
  const parent = execution.arn.replace(/:[^:]+$/, ':parent');
  const root = execution.arn.replace(/:[^:]+$/, ':root');
  const started = {
    environment: 'production',
    service: 'buywhere-api',
    requestedBy: 'Ada',
    startedBy: parent,
  };
  const inputs = (of: Record<string, unknown>) => {
    const gone = Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' });
    states.on(DescribeExecutionCommand).rejects(gone);
    for (const [executionArn, input] of Object.entries(of))
      states.on(DescribeExecutionCommand, { executionArn }).resolves({ input: JSON.stringify(input) });
  };

  it.each<[string, unknown, boolean]>([
    ['an alarm', event, false],
    ['a person', { environment: 'production', requestedBy: 'Ada' }, true],
  ])('is believed, and so is who started the first of them: %s', async (_, first, claimed) => {
    inputs({ [parent]: { ...started, startedBy: root }, [root]: first });
    const { claimed: found = false, source } = await run(started);
    expect({ found, source }).toEqual({ found: claimed, source: 'workflow' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['does not exist', {}],
    ['is about another stage', { [parent]: { environment: 'staging' } }],
    ['says that another one started it, which does not exist', { [parent]: { ...started, startedBy: root } }],
  ])('that %s is refused with the field', async (_, of) => {
    inputs(of);
    await expect(run(started)).rejects.toThrow(/^startedBy: ".+" is no run of this service; leave it out/);
  });

  it('of another account is not even asked', async () => {
    const foreign = parent.replace(/:\d{12}:/, ':999999999999:');
    inputs({ [foreign]: { environment: 'production' } });
    await expect(run({ ...started, startedBy: foreign })).rejects.toThrow(/^startedBy: /);
    expect(states.calls()).toEqual([]);
  });

  it('that cannot be asked stops nothing: who asked is a claim then', async () => {
    states
      .on(DescribeExecutionCommand)
      .rejects(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
    const { log, lines } = listening();
    const understood = await run(started, 0, production, log);
    expect(understood).toMatchObject({ act: true, claimed: true, startedBy: parent });
    const error = 'ThrottlingException: slow down';
    expect(lines).toEqual([
      ['warn', 'the run that started this one could not be looked up', { error }],
      ['info', 'request understood', understood],
    ]);
  });

  it('in a circle proves nothing', async () => {
    inputs({ [parent]: started });
    expect(await run(started)).toMatchObject({ claimed: true });
  });
});
