import { describe, expect, it } from '@jest/globals';
import { readForm, xml } from '../../../../sandbox/aws/protocols/form.ts';
import { createHarness } from '../harness.ts';

/** A call as older clients of CloudWatch make it. */
async function call(fields: Record<string, string>) {
  const { aws } = createHarness();
  const form = new URLSearchParams({ Version: '2010-08-01', ...fields });
  const answer = await aws.handle({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: form.toString(),
    caller: 'aws-cli',
  });
  return { ...answer, calls: aws.calls };
}

describe('the form', () => {
  it('holds structures, lists by their numbers, and values of their types', () => {
    const form = new URLSearchParams({
      'Queries.member.10.Id': 'last',
      'Queries.member.2.Id': 'second',
      'Queries.member.2.ReturnData': 'false',
      'Queries.member.2.MetricStat.Period': '60',
      'AlarmNames.member.1': '60',
      StartTime: '2026-10-02T17:00:00.500Z',
    });
    expect(readForm(form.toString())).toEqual({
      Queries: [{ Id: 'second', ReturnData: false, MetricStat: { Period: 60 } }, { Id: 'last' }],
      AlarmNames: ['60'],
      StartTime: 1_790_960_400.5,
    });
  });
});

describe('the answer', () => {
  it('is XML with dates, lists as members, and escaped text', () => {
    const output = {
      Name: 'a < b & c',
      Timestamps: [0],
      Empty: [],
      Missing: undefined,
      Inner: { Value: 1.5 },
    };
    expect(xml(output)).toBe(
      '<Name>a &lt; b &amp; c</Name><Timestamps><member>1970-01-01T00:00:00.000Z</member></Timestamps>' +
        '<Empty></Empty><Inner><Value>1.5</Value></Inner>',
    );
  });

  it('has the namespace of its API and goes to CloudWatch', async () => {
    const { status, body, calls } = await call({ Action: 'DescribeAlarms', 'AlarmNames.member.1': 'a' });
    expect([status, calls[0]?.service, calls[0]?.input]).toEqual([200, 'cloudwatch', { AlarmNames: ['a'] }]);
    expect(body).toMatch(
      /^<DescribeAlarmsResponse xmlns="http:\/\/monitoring.amazonaws.com\/doc\/2010-08-01\/"><DescribeAlarmsResult>/,
    );
  });

  it('names an error as AWS does', async () => {
    const { status, body } = await call({ Action: 'DeleteAlarms', 'AlarmNames.member.1': 'a' });
    expect(status).toBe(404);
    expect(body).toContain('<Type>Sender</Type><Code>ResourceNotFound</Code>');
  });

  it('is a refusal in XML to a version that nobody speaks, and none to what is no call', async () => {
    const answer = await call({ Action: 'DescribeAlarms', Version: '1999-01-01' });
    expect([answer.status, answer.body]).toEqual([
      400,
      expect.stringContaining('<Code>InvalidAction</Code>'),
    ]);
    expect((await call({ Version: '' })).status).toBe(404);
  });
});
