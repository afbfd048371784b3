import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from '@jest/globals';
import type { WireRequest } from '../../../../sandbox/aws/wire.ts';
import { createHarness } from '../harness.ts';

const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=any/20261002/ap-southeast-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

async function refusal(request: Partial<WireRequest>, faults = {}) {
  const { aws } = createHarness(faults);
  return aws.handle({ method: 'POST', path: '/', headers: {}, body: '', caller: 'aws-cli', ...request });
}

const form = (service: string, fields: Record<string, string>): Partial<WireRequest> => ({
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: authorization(service),
  },
  body: new URLSearchParams(fields).toString(),
});

describe('a refusal speaks the protocol of the one who asks', () => {
  it('query: XML, with InvalidAction for an operation that is not simulated', async () => {
    const sns = await refusal(form('sns', { Action: 'ListTopics', Version: '2010-03-31' }));
    expect(sns).toMatchObject({ status: 400, headers: { 'content-type': 'text/xml' } });
    expect(sns.body).toMatch(
      /^<ErrorResponse xmlns="http:\/\/sns.amazonaws.com\/doc\/2010-03-31\/"><Error><Type>Sender<\/Type><Code>InvalidAction</,
    );
  });

  it('query: the same for an API that is not simulated at all', async () => {
    const iam = await refusal(form('iam', { Action: 'ListRoles', Version: '2010-05-08' }));
    expect(iam.body).toMatch(
      /<Code>InvalidAction<\/Code><Message>The sandbox does not simulate iam: ListRoles/,
    );
    expect(iam.body).toContain('xmlns="http://iam.amazonaws.com/doc/2010-05-08/"');
  });

  it('EC2’s query: a list of errors', async () => {
    const ec2 = await refusal(form('ec2', { Action: 'DescribeSubnets', Version: '2016-11-15' }));
    expect(ec2.body).toMatch(
      /^<Response><Errors><Error><Code>InvalidAction<\/Code><Message>.*<\/Errors><RequestID>/,
    );
  });

  it('query: XML also for what is put at the wire', async () => {
    const faults = () => ({
      kind: 'error' as const,
      name: 'Throttling',
      message: 'Rate exceeded',
      status: 503,
    });
    const call = form('monitoring', { Action: 'DescribeAlarms', Version: '2010-08-01' });
    const throttled = await refusal(call, { faults });
    expect([throttled.status, throttled.headers['content-type']]).toEqual([503, 'text/xml']);
    expect(throttled.body).toContain('<Type>Receiver</Type><Code>Throttling</Code>');
  });

  it('JSON: the name in the body, for a body that is none too', async () => {
    const headers = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DescribeServices' };
    const broken = await refusal({ headers, body: '{' });
    expect(broken).toMatchObject({ status: 400, headers: { 'content-type': 'application/x-amz-json-1.1' } });
    expect(JSON.parse(broken.body)).toMatchObject({ __type: 'SerializationException' });
  });

  it('JSON of an API that was query: its code in a header, for clients that ask', async () => {
    const headers = {
      'x-amz-target': 'GraniteServiceVersion20100801.DeleteAlarms',
      'x-amzn-query-mode': 'true',
    };
    const answer = await refusal({ headers, body: '{"AlarmNames":["a"]}' });
    expect(answer.headers['x-amzn-query-error']).toBe('ResourceNotFound;Sender');
  });

  it('REST with JSON: the name in a header', async () => {
    const answer = await refusal({
      method: 'GET',
      path: '/v2/email/identities/a%40b.c',
      headers: { authorization: authorization('ses') },
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-amzn-errortype': 'UnknownOperationException',
    });
  });
});

describe('DescribeAlarms', () => {
  it.each([
    [undefined, 1],
    [['MetricAlarm'], 1],
    [['MetricAlarm', 'CompositeAlarm'], 1],
    [['CompositeAlarm'], 0],
  ] as const)('of the types %j: %d metric alarms', async (AlarmTypes, count) => {
    const { aws, cloudWatch } = createHarness();
    aws.alarms.putAlarm({
      AlarmName: 'a',
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    const { MetricAlarms, CompositeAlarms } = await cloudWatch.send(
      new DescribeAlarmsCommand(AlarmTypes ? { AlarmTypes: [...AlarmTypes] } : {}),
    );
    expect([MetricAlarms?.length, CompositeAlarms]).toEqual([count, []]);
  });
});
