import { describe, expect, it, jest } from '@jest/globals';
import { functionNames } from '../../../resources/names.ts';
import { switchName } from '../../../sandbox/aws/ssm/seed.ts';
import { isFault, preflightCells } from '../../../shared/format/preflight.ts';
import { serviceKey } from '../../../shared/incident/service-record.ts';
import { record } from '../../support/builders.ts';
import { everything, rehearse } from './support.ts';

jest.setTimeout(60_000);

const faultsOf = (rows: Awaited<ReturnType<typeof rehearse>>['rows']) => rows.filter(isFault);
const key = serviceKey('buywhere-production', 'buywhere-api');
const writing = ['UpdateService', 'RegisterScalableTarget', 'PutScalingPolicy', 'DeleteScalingPolicy'];

describe('a preflight where all is well', () => {
  it('ends green, has tried every function, and has changed nothing', async () => {
    const stored: string[] = [];
    const { execution, report, rows, writes, mails } = await rehearse({
      hooks: {
        surroundings: (own) => ({
          ...own,
          store: {
            read: own.store.read,
            async write(...given) {
              const written = await own.store.write(...given);
              if (written) stored.push(given[0]);
              return written;
            },
          },
        }),
      },
    });
    expect(execution.status).toBe('SUCCEEDED');
    expect(report).toMatchObject({ ready: true, environment: 'production', execution: execution.arn });
    expect([...new Set(rows.map(({ by }) => by))].sort()).toEqual(functionNames());
    expect(rows.filter(({ result }) => result === 'ok').length).toBeGreaterThan(150);
    expect(rows.find(({ check }) => check === 'token')).toMatchObject({ by: 'approval', result: 'ok' });
    expect({ writes, mails, stored }).toEqual({ writes: [], mails: [], stored: [] });
  });

  it('writes the values that are there, as an incident writes its own', async () => {
    const { calls } = await rehearse();
    const made = calls.filter(({ operation }) => writing.includes(operation));
    expect(made.map(({ caller, operation }) => `${caller} ${operation}`).sort()).toEqual([
      'put-autoscaling PutScalingPolicy',
      'put-autoscaling RegisterScalableTarget',
      'put-policy DeleteScalingPolicy',
      'put-policy PutScalingPolicy',
      'register-target RegisterScalableTarget',
      'rollback UpdateService',
      'scale-in UpdateService',
      'scale-out UpdateService',
    ]);
    const counts = made.filter(({ operation }) => operation === 'UpdateService').map(({ input }) => input);
    expect(counts).toEqual(
      counts.map(() => ({ cluster: 'buywhere-production', service: 'buywhere-api', desiredCount: 3 })),
    );
  });

  it('sends a mail to each approver and a notice to each channel when it is asked to', async () => {
    const { mails, sandbox, rows } = await rehearse({ input: everything });
    const { approvers } = sandbox.config.approval;
    const first = approvers.slice(0, 1);
    expect(mails.filter(({ channel }) => channel === 'ses').flatMap(({ to }) => to)).toEqual(
      [...approvers, ...first].map(({ email }) => email),
    );
    expect(mails.filter(({ channel }) => channel === 'sns')).toHaveLength(3);
    const chat = sandbox.webhooks.filter(({ url }) => url.includes('chat.invalid'));
    expect(chat).toHaveLength(1);
    // PagerDuty is told to resolve what was never triggered: nobody is paged.
    const pages = sandbox.webhooks.filter(({ url }) => url.includes('pagerduty'));
    expect(pages.map(({ body }) => Object(body).event_action)).toEqual(['resolve', 'resolve', 'resolve']);
    expect(faultsOf(rows)).toEqual([]);
  });

  it('starts a dry run by the webhook when it is asked to', async () => {
    const { sandbox } = await rehearse({ input: { testRun: true } });
    expect(sandbox.engine.executions.map(({ machine, status }) => [machine, status])).toEqual([
      ['preflight', 'SUCCEEDED'],
      ['emergency-scaling', 'SUCCEEDED'],
    ]);
  });
});

describe('the test mails of a deployment', () => {
  /** The second preflight of a deployment; SES refuses so many mails before it takes any. */
  const again = async (refused: number) => {
    let left = refused;
    return rehearse({
      input: { testMail: true },
      async begun({ engine, time }) {
        const first = engine.startExecution({
          machine: 'preflight',
          input: { environment: 'production', testMail: true },
        });
        await time.runUntil(() => first.status !== 'RUNNING', 7_200_000);
      },
      faults: ({ operation }) => {
        if (operation !== 'SendEmail' || left === 0) return undefined;
        left -= 1;
        return { kind: 'error', name: 'AccessDeniedException', message: 'no', status: 403 };
      },
    });
  };

  it('go out once', async () => {
    const { mails, rows } = await again(0);
    expect(mails).toEqual([]);
    expect(rows.filter(({ check }) => check === 'ses:SendEmail').map(({ why }) => why)).toEqual([
      'mailed-before',
      'mailed-before',
    ]);
  });

  it('go out later where SES took none of them', async () => {
    const { mails } = await again(4);
    expect(mails.filter(({ channel }) => channel === 'ses')).toHaveLength(4);
  });
});

describe('what a preflight never touches', () => {
  it.each<[string, Parameters<typeof record>[0]]>([
    ['a run holds the service', { outcome: undefined, incidentOpen: true }],
    ['an incident waits for its restore', { outcome: 'recovered', incidentOpen: true }],
    ['a run without an incident has not ended', { outcome: undefined, incidentOpen: false }],
  ])('is a service while %s', async (_, part) => {
    const { rows, calls, report } = await rehearse({
      async begun({ store }) {
        await store.write(key, record(part), { expected: 'absent' });
      },
    });
    expect(calls.filter(({ operation }) => writing.includes(operation))).toEqual([]);
    const left = rows.filter(({ why }) => why === 'incident-open').map(({ by }) => by);
    expect([...new Set(left)].sort()).toEqual([
      'put-autoscaling',
      'put-policy',
      'register-target',
      'rollback',
      'scale-in',
      'scale-out',
    ]);
    expect(report?.ready).toBe(true);
  });

  it('is a service while the switch is off, which the table says', async () => {
    const { rows, calls } = await rehearse({
      begun({ aws, config }) {
        aws.parameters.put(switchName(config), 'off', { overwrite: true });
      },
    });
    expect(calls.filter(({ operation }) => writing.includes(operation))).toEqual([]);
    const off = rows.filter(({ on, result }) => on === 'switch' && result === 'differs');
    expect(off).toHaveLength(8);
    expect(preflightCells(off[0] ?? { by: '', check: 'switch', result: 'ok' })).toEqual([
      'register-target: ssm:GetParameter (switch)',
      'DIFFERS: configured on, found off',
      'No run writes until the switch is on',
      'set the switch to on',
    ]);
  });
});

describe('a call that fails for another cause than a right', () => {
  it('says that cause, and names no right', async () => {
    const { rows, execution } = await rehearse({
      faults: ({ operation, caller }) =>
        operation === 'DescribeServices' && caller === 'assess'
          ? { kind: 'error', name: 'ServerException', message: 'internal', status: 400 }
          : undefined,
    });
    const [row, ...others] = faultsOf(rows);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ by: 'assess', result: 'failed', unknown: { cause: 'failed' } });
    expect(row && preflightCells(row)[3]).toBe('');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'NotReady' });
  });

  it('is asked again while AWS throttles, and then said to be throttled', async () => {
    const { rows, sandbox } = await rehearse({
      faults: ({ operation, caller }) =>
        operation === 'DescribeScalingActivities' && caller === 'scale-in'
          ? { kind: 'error', name: 'ThrottlingException', message: 'Rate exceeded', status: 400 }
          : undefined,
    });
    expect(faultsOf(rows)).toMatchObject([{ by: 'scale-in', check: 'function', result: 'failed' }]);
    const tries = sandbox.engine.executions[0]?.history.filter(({ type }) => type === 'LambdaFunctionFailed');
    expect(tries).toHaveLength(6);
    expect(rows.filter(({ right }) => right !== undefined)).toEqual([]);
  });

  it('names an address that does not answer the function', async () => {
    const dead = 'https://api.buywhere.ai/mcp/v1/health';
    const { rows } = await rehearse({
      hooks: {
        surroundings: (own) => ({
          ...own,
          httpGet: async (url, ...rest) => {
            if (url !== dead) return own.httpGet(url, ...rest);
            throw Object.assign(new TypeError('fetch failed'), {
              cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
            });
          },
        }),
      },
    });
    expect(faultsOf(rows).map((row) => [row.by, row.on, row.unknown?.cause])).toEqual([
      ['assess', dead, 'unreachable'],
      ['wait-verify', dead, 'unreachable'],
    ]);
  });
});

describe('a preflight that finds something', () => {
  it('tells people without paging anybody', async () => {
    const { mails, sandbox, execution } = await rehearse({
      besides: { shown: {}, deniedCalls: [{ action: 'ecs:UpdateService', function: 'scale-out' }] },
    });
    expect(mails.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^\[production\] Preflight: 1 of /),
    ]);
    expect(mails[0]?.text).toContain('No task is added\n    Missing: ecs:UpdateService');
    expect(sandbox.webhooks.filter(({ body }) => Object(body).event_action === 'trigger')).toEqual([]);
    expect(execution.cause).toContain(
      'scale-out: ecs:UpdateService (buywhere-api): Missing: ecs:UpdateService',
    );
  });

  it.each<[string, object, string[]]>([
    [
      'another target group',
      { targetGroup: 'targetgroup/other/0123456789abcdef' },
      ['target-group', 'load-balancer'],
    ],
    ['another load balancer', { loadBalancer: 'app/other/0123456789abcdef' }, ['load-balancer']],
    ['the other resolution of CPU', { cpuMetricSeconds: 60 }, ['cpu-metric']],
    ['other roles', { taskRoles: ['other-*'] }, ['task-roles']],
  ])('finds that the service has %s than is configured', async (_, differs, checks) => {
    const { rows } = await rehearse({
      hooks: {
        surroundings: (own) => {
          const config = structuredClone(own.config);
          Object.assign(config.services['buywhere-api'] ?? {}, differs);
          return { ...own, config };
        },
      },
    });
    const found = faultsOf(rows).filter(({ by }) => by === 'preflight');
    expect(found.map(({ check, result }) => [check, result])).toEqual(
      checks.map((check) => [check, 'differs']),
    );
  });
});

describe('a preflight that cannot begin', () => {
  it.each([
    [{ environment: 'staging' }, 'environment: "staging" is not handled here; allowed: production'],
    [{ service: 'other' }, 'service: "other" is not configured in production; allowed: buywhere-api'],
    [{ testMails: true }, 'unknown key "testMails"'],
  ])('says what is wrong with %j', async (input, message) => {
    const { execution, report } = await rehearse({ input });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidInputError' });
    expect(JSON.parse(execution.cause ?? '{}').errorMessage).toContain(message);
    expect(report).toBeUndefined();
  });

  it('tells people where its own function fails', async () => {
    const { execution, mails } = await rehearse({
      hooks: {
        functions: (own) => ({
          ...own,
          preflight: async (event, context) => {
            if ('collected' in Object(event)) throw new Error('broken');
            return own.preflight?.(event, context);
          },
        }),
      },
    });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'NotReady' });
    expect(mails.map(({ subject }) => subject)).toEqual(['[production] Preflight did not come through']);
  });
});
