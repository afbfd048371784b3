import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { testMail, testNotice } from '../../../shared/format/preflight-messages.ts';
import type { HttpAnswer } from '../../../shared/lambda/context.ts';
import { addressTrials } from '../../../shared/preflight/addresses.ts';
import { hasPoints } from '../../../shared/preflight/load-balancer.ts';
import { everyApprover, mailTrials } from '../../../shared/preflight/mails.ts';
import { channelSecret, switchTrial } from '../../../shared/preflight/parameters.ts';
import { readFargateUsage } from '../../../shared/preflight/quotas.ts';
import type { Finding, Trial } from '../../../shared/preflight/trials.ts';
import { now, production, service, targetGroup } from '../../support/builders.ts';
import { ask, basics } from './support.ts';

// What a preflight asks for, to the letter: an emulator takes more than AWS does.

const cloudwatch = mockClient(CloudWatchClient);
const ses = mockClient(SESv2Client);
beforeEach(() => {
  cloudwatch.reset();
  ses.reset();
  cloudwatch.on(GetMetricDataCommand).resolves({});
  ses.on(SendEmailCommand).resolves({});
});
const queried = () => cloudwatch.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input);

it('the health of each target group of the pair, of the last hour', async () => {
  const alternate = 'targetgroup/b/1';
  await hasPoints(new CloudWatchClient({}), { ...service, alternateTargetGroup: alternate }, new Date(now));
  const metric = (Id: string, MetricName: string, group: string) => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName,
        Dimensions: [
          { Name: 'LoadBalancer', Value: service.loadBalancer },
          { Name: 'TargetGroup', Value: group },
        ],
      },
      Period: 60,
      Stat: 'Maximum',
    },
  });
  expect(queried()).toEqual([
    {
      MetricDataQueries: [
        metric('healthy0', 'HealthyHostCount', targetGroup),
        metric('unhealthy0', 'UnHealthyHostCount', targetGroup),
        metric('healthy1', 'HealthyHostCount', alternate),
        metric('unhealthy1', 'UnHealthyHostCount', alternate),
      ],
      StartTime: new Date(Date.parse(now) - 3_600_000),
      EndTime: new Date(now),
    },
  ]);
});

it('the health of the only target group, where it has no pair', async () => {
  await hasPoints(new CloudWatchClient({}), service, new Date(now));
  expect(queried()[0]?.MetricDataQueries?.map(({ Id }) => Id)).toEqual(['healthy0', 'unhealthy0']);
});

it('the vCPUs of Fargate on demand, and their quota', async () => {
  await readFargateUsage(new CloudWatchClient({}), new Date(now));
  expect(queried()[0]?.MetricDataQueries).toEqual([
    {
      Id: 'used',
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Usage',
          MetricName: 'ResourceCount',
          Dimensions: [
            { Name: 'Service', Value: 'Fargate' },
            { Name: 'Type', Value: 'Resource' },
            { Name: 'Resource', Value: 'vCPU' },
            { Name: 'Class', Value: 'Standard/OnDemand' },
          ],
        },
        Period: 300,
        Stat: 'Maximum',
      },
    },
    { Id: 'quota', Expression: 'SERVICE_QUOTA(used)' },
  ]);
});

const found = async (trials: readonly Trial[]) =>
  Promise.all(trials.map(async (one) => ({ check: one.check, on: one.on, finding: await one.try() })));

describe('a mail to each approver', () => {
  const context = { ...basics, mail: { ses: new SESv2Client({}) } };

  it('is sent on request, from who asks for approvals', async () => {
    const asked = await found(mailTrials('request-approval', { ...ask, testMail: true }, context));
    const all = everyApprover(production);
    expect(asked).toEqual(all.map(({ name }) => ({ check: 'ses:SendEmail', on: name })));
    expect(ses.commandCalls(SendEmailCommand).map(({ args }) => args[0].input)).toEqual(
      all.map(({ email, sender }) => ({
        FromEmailAddress: sender,
        Destination: { ToAddresses: [email] },
        Content: {
          Simple: {
            Subject: {
              Data: '[production] Test mail: you are an approver of emergency scaling',
              Charset: 'UTF-8',
            },
            Body: {
              Text: {
                Data: 'This is a test of the way that approval requests of emergency scaling in production take, sent by request-approval.\nA real one carries a link of your own. There is nothing to decide now, and nothing to do.',
                Charset: 'UTF-8',
              },
            },
          },
        },
      })),
    );
  });

  it.each([
    [{}, 'not-asked'],
    [{ mailedBefore: true as const }, 'mailed-before'],
  ])('is not sent otherwise: %j', async (part, why) => {
    expect(await found(mailTrials('request-approval', { ...ask, ...part }, context))).toEqual([
      { check: 'ses:SendEmail', on: undefined, finding: { notTried: why } },
    ]);
    expect(ses.calls()).toEqual([]);
  });
});

it('a test says that it is one, within what SNS takes as a subject', () => {
  expect(testNotice('notify', 'production')).toEqual({
    subject: '[production] Test notice from emergency scaling (notify)',
    text: 'This is a test of the way that notices of emergency scaling in production take, sent by notify.\nNothing is wrong with any service, and there is nothing to do.',
  });
  expect(testNotice('notify', 'p'.repeat(90)).subject).toHaveLength(99);
  expect(testMail('approval', 'staging').subject).toMatch(/^\[staging\] Test mail/);
});

describe('an address', () => {
  const answer = (status: number, body = ''): HttpAnswer => ({ status, latencyMilliseconds: 1, body });
  const page = 'db_connection_pool_checked_out 7\ndb_connection_pool_size 10\n';
  const matrix = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } });
  const [api, prometheus, metrics] = [service.health.api, service.prometheusUrl, service.metricsUrl];

  async function asked(part: Record<string, HttpAnswer | Error> = {}, of = service) {
    const urls: [string, number | undefined][] = [];
    const get = async (url: string, milliseconds?: number) => {
      urls.push([url, milliseconds]);
      const own = Object.entries(part).find(([start]) => url.startsWith(start))?.[1];
      if (own instanceof Error) throw own;
      if (own) return own;
      return answer(200, url === metrics ? page : url.startsWith(String(prometheus)) ? matrix : '');
    };
    const trials = addressTrials(of, {
      ...basics,
      http: { get, post: () => Promise.reject(new Error('no')) },
    });
    const rows: { check: string; on: string | undefined; finding?: Finding | undefined; error?: unknown }[] =
      [];
    for (const { check, on, try: attempt } of trials)
      rows.push(
        await attempt().then(
          (finding) => ({ check, on, finding }),
          (error: unknown) => ({ check, on, error }),
        ),
      );
    return { urls, rows, of: (on: string | undefined) => rows.find((row) => row.on === on)?.finding };
  }

  it('that answers is well, and a metric without a point is no fault of it', async () => {
    const { rows, urls } = await asked();
    const all = [api, service.health.mcp, prometheus, metrics];
    expect(rows).toEqual(all.map((on) => ({ check: 'address', on, finding: undefined })));
    expect(urls.slice(0, 2)).toEqual([api, service.health.mcp].map((url) => [url, 3000]));
  });

  it.each([
    [199, false],
    [200, true],
    [299, true],
    [300, false],
    [503, false],
  ])('that answers %i is well: %s', async (status, well) => {
    const { of } = await asked({ [String(api)]: answer(status) });
    expect(of(api)).toEqual(well ? undefined : { unknown: { cause: 'http-status', status } });
  });

  it('that answers nonsense, an error or nothing is not', async () => {
    const broken = Object.assign(new Error('no way'), { code: 'ECONNREFUSED' });
    const nonsense = await asked({
      [String(prometheus)]: answer(200, 'nonsense'),
      [String(metrics)]: answer(500),
    });
    expect(nonsense.of(prometheus)).toMatchObject({ unknown: { cause: 'malformed' } });
    expect(nonsense.of(metrics)).toMatchObject({ unknown: { cause: 'http-status', status: 500 } });
    const silent = await asked({ [String(prometheus)]: broken, [String(metrics)]: broken });
    // What is thrown is told apart where the trial is made.
    expect(silent.rows.map(({ error }) => error)).toEqual([undefined, undefined, broken, broken]);
  });

  it('of Prometheus is asked only where a metric comes from it', async () => {
    const rows = { ...service.metrics };
    for (const name of Object.keys(rows) as (keyof typeof rows)[]) rows[name] = ['cloudwatch'];
    const { rows: tried } = await asked({}, { ...service, metrics: rows });
    expect(tried.map(({ on }) => on)).not.toContain(prometheus);
  });

  it('that is not configured is not asked', async () => {
    const { prometheusUrl: _, metricsUrl: __, ...bare } = service;
    expect((await asked({}, { ...bare, health: {} })).rows).toEqual([]);
  });
});

describe('a parameter', () => {
  it.each([
    [true, undefined],
    [false, { configured: 'on', found: 'off' }],
  ])('of the switch says whether it is on: %s', async (isOn, finding) => {
    const trial = switchTrial({ isOn: async () => isOn });
    expect(await found([trial])).toEqual([{ check: 'ssm:GetParameter', on: 'switch', finding }]);
  });

  it('of a channel that is off is not read', async () => {
    const read: string[] = [];
    const secrets = {
      read: async (name: string) => {
        read.push(name);
        return 'x';
      },
    };
    expect(await found(channelSecret(secrets, false, '/chat'))).toEqual([
      { check: 'ssm:GetParameter', on: '/chat', finding: { notTried: 'channel-off' } },
    ]);
    expect(read).toEqual([]);
    expect(await found(channelSecret(secrets, true, '/chat'))).toEqual([
      { check: 'ssm:GetParameter', on: '/chat', finding: undefined },
    ]);
    expect(read).toEqual(['/chat']);
  });
});
