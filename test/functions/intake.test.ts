import { readFileSync } from 'node:fs';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { beforeEach, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { intake } from '../../functions/intake.ts';
import { production, request } from '../support/builders.ts';
import { root } from '../support/packaged.ts';
import { quietLog } from './harness.ts';

const cloudwatch = mockClient(CloudWatchClient);
beforeEach(() => {
  cloudwatch.reset();
});

const event: unknown = JSON.parse(readFileSync(`${root}/events/alarm-high-latency-p99.json`, 'utf8'));
const { execution } = request();
const run = (input: unknown, hoursLate = 0) =>
  intake.run(
    { machine: 'emergency-scaling', input, execution },
    {
      config: production,
      log: quietLog,
      now: () => new Date(Date.parse('2026-10-02T17:07:01.000Z') + hoursLate * 3_600_000),
      after: () => ({ passed: new Promise(() => undefined), cancel: () => undefined }),
      cloudwatch: new CloudWatchClient({}),
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

it('looks nothing up for a console input', async () => {
  expect(await run({ environment: 'production' })).toMatchObject({ source: 'console', act: true });
  expect(cloudwatch.calls()).toEqual([]);
});
