import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { init } from '../../../local/init.ts';
import { checkConfigText, parseConfigText } from '../../../shared/config/read-config.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { call } from '../command.ts';
import { bounds, filledIn, missing, section, usual } from './filled-in.ts';
import { cluster, cpuPolicy, initOf, names, service, type There } from './served.ts';

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
      /approval\.sender: is empty: fill it in \(text\) \(line \d+\)/,
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
