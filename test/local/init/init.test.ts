import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { init } from '../../../local/init.ts';
import { checkConfigText, parseConfigText } from '../../../shared/config/read-config.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { call } from '../command.ts';
import {
  cluster,
  cpuPolicy,
  environment,
  initOf,
  names,
  ownFolder,
  refusal,
  run,
  serve,
  service,
  type There,
} from './served.ts';

const bounds = { MinCapacity: 2, MaxCapacity: 8 };
const usual: There = { bounds, policies: [cpuPolicy] };

/** What a person writes behind each empty key. */
const answers: Record<string, string> = {
  loadBalancer: 'app/shop/50dc6c495c0c9188',
  requestsPerMinute: '400',
  taskQuota: '40',
  warning: '800',
  critical: '1000',
  sender: 'scaling@shop.example',
  approvers: '[{ name: A, email: a@shop.example }, { name: B, email: b@shop.example }]',
  primaryOnCall: 'the schedule',
  devOpsLead: 'A',
  infrastructure: 'B',
};

/** The file as a person has filled it in, as packaging reads it. */
function filledIn(file: string): Config {
  const text = readFileSync(file, 'utf8').replace(/^( *)(\w+):$/gm, (line, blanks: string, key: string) =>
    key in answers ? `${blanks}${key}: ${answers[key]}` : line,
  );
  return parseConfigText(text, file);
}

/** The lines of a section of the table, each cell by itself. */
function section(stdout: string, heading: string): string[][] {
  const lines = stdout.split('\n');
  const start = lines.findIndex((line) => line.startsWith(heading));
  const length = lines.slice(start).indexOf('');
  return lines.slice(start + 1, start + length).map((line) => line.trim().split(/ {2,}/));
}
const missing = (stdout: string) => section(stdout, 'Not in AWS').map(([key = '']) => key);
const firstCells = (stdout: string, heading: string) => section(stdout, heading).map(([key]) => key);

describe('a service behind a load balancer, with a CPU policy', () => {
  const there: There = {
    ...usual,
    options: { cpuMetricSeconds: 20, customNamespace: 'Shop/API' },
  };

  it('is written as it is, and packaging takes it once a person has filled in the rest', async () => {
    const { code, stderr, out } = await initOf(there);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const config = filledIn(out);
    expect(config).toMatchObject({ environment: 'shop', region: 'eu-west-1' });
    expect(config.services).toEqual({
      [service]: expect.objectContaining({
        cluster,
        service,
        ...names,
        customNamespace: 'Shop/API',
        taskRoles: ['ecsTaskExecutionRole', 'shop-api-task'],
        cpuMetricSeconds: 20,
        health: {},
        capacity: {
          baseline: { desired: 3, min: 2, max: 8 },
          emergency: { min: 2, max: 16 },
          perTask: { requestsPerMinute: 400 },
          taskQuota: 40,
        },
        cpuPolicy: {
          name: 'shop-cpu',
          temporaryName: 'shop-cpu-temp',
          baseline: { target: 60, scaleOutCooldownSeconds: 20, scaleInCooldownSeconds: 240 },
          emergency: { target: 42, scaleOutCooldownSeconds: 20, scaleInCooldownSeconds: 180 },
        },
      }),
    });
    expect(config.services[service]?.metrics.dbPoolPercent).toEqual(['cloudwatch']);
    expect(config.approval).toMatchObject({ requiredForScaleIn: true, approvalsNeeded: 2 });
  });

  it('says what was read, what is assumed, and where the rest comes from', async () => {
    const { stdout, out } = await initOf(there);
    expect(section(stdout, 'Read from AWS')).toContainEqual([
      'loadBalancer',
      names.loadBalancer,
      'CloudWatch has it with the target group',
    ]);
    expect(section(stdout, 'Assumed')).toContainEqual([
      'capacity.emergency min, max',
      '2, 16',
      'twice the normal max: the ceiling of every run',
    ]);
    expect(stdout).toMatch(/approval\.sender +line \d+ +verified in SES: aws sesv2 list-email-identities/);
    expect(stdout).toMatch(/the busiest minute of the last day had [56]\d\d/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      `${out} is written. Next: fill in 9 values, put it into config/, then npm run package -- --stage shop`,
    );
  });

  it('names every empty key, as packaging does, and no other, with its line', async () => {
    const { stdout, out } = await initOf(there);
    const text = readFileSync(out, 'utf8');
    const checked = checkConfigText(text, 'config/shop.yml');
    const faults = 'faults' in checked ? checked.faults : [];
    const keys = faults.map(({ key }) => key.replace(`services.${service}.`, ''));
    expect(missing(stdout).sort()).toEqual(keys.sort());
    expect(() => parseConfigText(text, 'config/shop.yml')).toThrow(
      /approval\.sender: is empty: fill it in \(string\) \(line \d+\)/,
    );
    for (const { message, line } of faults) {
      expect(message).toMatch(/^is empty: fill it in/);
      expect(text.split('\n')[(line ?? 0) - 1]).toMatch(/^ +\w+:$/);
    }
  });

  it('has its latency and request policies too, and other policies stay', async () => {
    const custom = (MetricName: string, Namespace: string, dimensions: Record<string, string>) => ({
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 0.25,
        ScaleOutCooldown: 30,
        CustomizedMetricSpecification: {
          MetricName,
          Namespace,
          Statistic: 'Average',
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
      },
    });
    const balanced = { LoadBalancer: names.loadBalancer, TargetGroup: names.targetGroup };
    const { stdout, out } = await initOf({
      bounds,
      policies: [
        cpuPolicy,
        { PolicyName: 'slow', ...custom('TargetResponseTime', 'AWS/ApplicationELB', balanced) },
        { PolicyName: 'queue', ...custom('Depth', 'Shop/Queue', { Queue: 'orders' }) },
        {
          PolicyName: 'many',
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: 300,
            PredefinedMetricSpecification: {
              PredefinedMetricType: 'ALBRequestCountPerTarget',
              ResourceLabel: `${names.loadBalancer}/${names.targetGroup}`,
            },
          },
          PolicyType: 'TargetTrackingScaling',
        },
      ],
    });
    expect(filledIn(out).services[service]).toMatchObject({
      latencyPolicy: {
        name: 'slow',
        targetMilliseconds: 250,
        scaleOutCooldownSeconds: 30,
        scaleInCooldownSeconds: 300,
      },
      requestPolicy: { name: 'many', target: 300 },
    });
    expect(section(stdout, 'Left out')).toContainEqual([
      'scaling policy',
      'queue',
      'no policy that this product changes: it stays',
    ]);
  });

  it('names both target groups where ECS moves the traffic between them', async () => {
    const alternate = 'targetgroup/shop-green/7a1ecf831eec9f10';
    const arn = (tail: string) => `arn:aws:elasticloadbalancing:eu-west-1:123456789012:${tail}`;
    const { stdout, out } = await initOf({
      ...usual,
      members: {
        deploymentConfiguration: { strategy: 'BLUE_GREEN' },
        loadBalancers: [
          {
            targetGroupArn: arn(names.targetGroup),
            advancedConfiguration: { alternateTargetGroupArn: arn(alternate) },
          },
        ],
      },
    });
    expect(filledIn(out).services[service]).toMatchObject({ ...names, alternateTargetGroup: alternate });
    expect(section(stdout, 'Read from AWS')).toContainEqual([
      'deployments',
      'BLUE_GREEN',
      'on Fargate, 1 vCPU each task',
    ]);
  });

  it('leaves the load balancer to the person where no metric names it', async () => {
    const { stdout, out } = await initOf({
      ...usual,
      members: {
        loadBalancers: [
          {
            targetGroupArn:
              'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/new/7a1ecf831eec9f10',
          },
        ],
      },
    });
    expect(missing(stdout)).toContain('loadBalancer');
    expect(filledIn(out).services[service]?.targetGroup).toBe('targetgroup/new/7a1ecf831eec9f10');
  });
});

describe('other services', () => {
  it('leaves the rows of requests out for a worker without a load balancer', async () => {
    const { code, stdout, out } = await initOf({ ...usual, worker: true, publishes: false });
    expect(code).toBe(0);
    const config = filledIn(out).services[service];
    expect(Object.keys(config ?? {})).not.toEqual(expect.arrayContaining(['loadBalancer']));
    expect(config?.metrics).toEqual({
      cpuPercent: ['cloudwatch'],
      latencyP95Seconds: [],
      latencyP99Seconds: [],
      errorRatePercent: [],
      dbPoolPercent: [],
      pgbouncerPoolPercent: [],
      pgbouncerWaitMilliseconds: [],
      requestRatePerMinute: [],
    });
    expect(missing(stdout)).toEqual([
      'capacity.taskQuota',
      'approval.sender',
      'approval.approvers',
      'contacts.primaryOnCall',
      'contacts.devOpsLead',
      'contacts.infrastructure',
    ]);
    expect(stdout).toContain('the service has no target group: a worker, by its CPU alone');
  });

  it('assumes the present count where no scalable target is registered, and the runbook’s policy', async () => {
    const { stdout, out } = await initOf({ desired: 4 });
    expect(filledIn(out).services[service]).toMatchObject({
      capacity: { baseline: { desired: 4, min: 4, max: 4 }, emergency: { min: 4, max: 8 } },
      cpuPolicy: { name: 'shop-api-cpu-scaling', baseline: { target: 70 }, emergency: { target: 50 } },
      cpuMetricSeconds: 60,
    });
    const why = section(stdout, 'Assumed').find(([key]) => key === 'capacity.baseline min, max');
    expect(why?.[2]).toMatch(/^no scalable target is registered/);
    expect(firstCells(stdout, 'Assumed')).toContain('cpuPolicy');
  });

  it('makes a staging stage that asks nobody, and refuses one that sounds like production', async () => {
    const { out } = await initOf(usual, '--environment', 'staging');
    expect(filledIn(out).approval).toMatchObject({ requiredForScaleIn: false, approvalsNeeded: 1 });
    const live = join(ownFolder(), 'shop-live.yml');
    const { code, stderr } = await run('--environment', 'staging', '--out', live);
    expect(code).toBe(2);
    expect(stderr).toContain('approval.requiredForScaleIn: false takes tasks from production');
    expect(existsSync(live)).toBe(false);
  });

  it.each([
    ['CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }, 'has CODE_DEPLOY deployments'],
    ['a daemon', { schedulingStrategy: 'DAEMON' }, 'the scheduling strategy DAEMON'],
    ['drained', { status: 'DRAINING' }, 'is DRAINING, not ACTIVE'],
  ])('refuses one that no run could scale: %s', async (_, members, message) => {
    const { code, stdout, stderr, out } = await initOf({ ...usual, members });
    expect({ code, stdout, written: existsSync(out) }).toEqual({ code: 1, stdout: '', written: false });
    expect(stderr).toContain(message);
  });

  it('goes on without the metrics and revisions that AWS refuses to show, and says so', async () => {
    const denied = ['ListMetrics', 'ListServiceDeployments', 'GetMetricData'];
    const { code, stdout, out } = await initOf({
      ...usual,
      options: {
        faults: ({ operation }) =>
          denied.includes(operation)
            ? {
                kind: 'error',
                name: 'AccessDeniedException',
                message: 'User: me is not authorized',
                status: 400,
              }
            : undefined,
      },
    });
    expect(code).toBe(0);
    expect(section(stdout, 'Assumed')).toContainEqual([
      'cpuMetricSeconds',
      '60',
      'AWS refuses ecs:ListServiceDeployments and ecs:DescribeServiceRevisions (User: me is not authorized)',
    ]);
    expect(stdout).toContain('AWS refuses cloudwatch:ListMetrics (User: me is not authorized)');
    expect(missing(stdout)).toContain('loadBalancer');
    expect(filledIn(out).services[service]?.taskRoles).toEqual(['ecsTaskExecutionRole', 'shop-api-task']);
  });
});

describe('what is refused, each with one line', () => {
  const refused = async (ended: ReturnType<typeof run>, code: number) => {
    const { stdout, stderr, ...rest } = await ended;
    expect({ code: rest.code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({
      code,
      stdout: '',
      lines: 1,
    });
    expect(stderr).not.toMatch(/Exception|Error|Provider[A-Z]/);
    return stderr.trimEnd();
  };

  it.each([
    [['--cluster', 'nowhere'], '--cluster: "nowhere" does not exist in eu-west-1; allowed: shop'],
    [['--service', 'nothing'], '--service: "nothing" does not exist in shop; allowed: shop-api'],
  ])('%j, with those that there are', async (args, message) => {
    expect(await refused(initOf(usual, ...args), 2)).toBe(message);
  });

  it.each([
    [['--name', 'Shop'], '--name: "Shop" must be lower case letters, digits and hyphens'],
    [['--name', 'a'.repeat(30)], `--name: "${'a'.repeat(30)}" must be at most 29 characters`],
    [['--cluster', 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop'], 'must be the name, not the ARN: shop'],
    [['--region', 'europe'], '--region: "europe" must be an AWS Region such as ap-southeast-1'],
    [['--environment', 'test'], '--environment: "test" is no kind; allowed: production, staging'],
    [['--out', '/tmp/Shop.yml'], '--name: must be given, because the name of the file is no stage'],
    [['--name', 'other'], '--out: must end with other.yml'],
    [['--colour'], "Unknown option '--colour'"],
  ])('%j', async (args, message) => {
    environment({});
    expect(await refused(run(...args), 2)).toContain(message);
  });

  it.each([
    [['--service', service], '--cluster: must be given'],
    [['--cluster', cluster], '--service: must be given'],
    [
      ['--cluster', cluster, '--service', 'Shop_API'],
      '--name: must be given, because the name of the service',
    ],
  ])('%j alone', async (args, message) => {
    environment({});
    const ended = call(init, ...args).then((end) => ({ ...end, out: '' }));
    expect(await refused(ended, 2)).toContain(message);
  });

  it('no Region', async () => {
    environment({});
    const ended = call(init, '--cluster', cluster, '--service', service).then((end) => ({ ...end, out: '' }));
    expect(await refused(ended, 2)).toBe(
      '--region: must be given, such as eu-west-1; your environment names none',
    );
  });

  it('no credentials', async () => {
    environment({});
    expect(await refused(run(), 1)).toMatch(/^no AWS credentials \(.*\): set AWS_PROFILE, /);
  });

  it('credentials that AWS does not take', async () => {
    const message = 'The security token included in the request is invalid.';
    await serve(refusal('UnrecognizedClientException', message));
    expect(await refused(run(), 1)).toBe(
      `AWS refuses these credentials (${message}): they are wrong or have expired`,
    );
  });

  it('a right that is missing, by the name of the action', async () => {
    const faults = {
      kind: 'error',
      name: 'AccessDeniedException',
      message: 'not yours',
      status: 400,
    } as const;
    const denied = (action: string) =>
      initOf({
        ...usual,
        options: { faults: ({ operation }) => (operation === action ? faults : undefined) },
      });
    expect(await refused(denied('DescribeServices'), 1)).toBe('AWS refuses ecs:DescribeServices (not yours)');
    expect(await refused(denied('DescribeScalingPolicies'), 1)).toContain(
      'application-autoscaling:DescribeScalingPolicies',
    );
  });

  it('nobody who answers', async () => {
    environment({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    });
    expect(await refused(run(), 1)).toBe(
      'AWS does not answer ecs:DescribeServices (connect ECONNREFUSED 127.0.0.1:9)',
    );
  });

  it('a file that exists, which stays as it is unless it is to be written over', async () => {
    const out = join(ownFolder(), 'shop.yml');
    writeFileSync(out, 'mine');
    expect(await refused(initOf(usual), 2)).toBe(
      `--out: ${out} exists; give another --name, or --force to write over it`,
    );
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect((await run('--force')).code).toBe(0);
    expect(parse(readFileSync(out, 'utf8'))).toMatchObject({ environment: 'shop' });
  });

  it('this project’s own stage, by its name alone', async () => {
    environment({});
    const ended = call(init, '--cluster', cluster, '--service', service, '--name', 'production');
    expect(
      await refused(
        ended.then((end) => ({ ...end, out: '' })),
        2,
      ),
    ).toBe('--out: config/production.yml exists; give another --name, or --force to write over it');
  });

  it('a folder that does not exist', async () => {
    await initOf(usual);
    const out = join(ownFolder(), 'nowhere', 'shop.yml');
    expect(await refused(run('--out', out), 2)).toBe(`--out: ${out} cannot be written (ENOENT)`);
  });
});

it('npm run init -- --help says what it takes', async () => {
  const { code, stdout } = await call(init, '--help');
  expect(code).toBe(0);
  for (const option of ['cluster', 'service', 'region', 'name', 'environment', 'out', 'force'])
    expect(stdout).toContain(`--${option}`);
});

it.each(['production', 'staging'] as const)(
  'writes what config/%s.yml says, but for what is of one service or of its people',
  async (kind) => {
    const { out } = await initOf(usual, '--environment', kind);
    const own = parseConfigText(readFileSync(`config/${kind}.yml`, 'utf8'), kind);
    const common = (config: Config) => ({
      planning: config.planning,
      timing: config.timing,
      limits: config.limits,
      thresholds: { ...config.thresholds, requestRatePerMinute: undefined },
      approval: { ...config.approval, sender: undefined, approvers: undefined },
      after: config.notices.stillScaledOutHours,
      url: config.notices.pagerDuty.url,
    });
    expect(common(filledIn(out))).toEqual(common(own));
  },
);
