import { ComparisonOperator, Statistic } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from '@jest/globals';
import { asWorker } from '../../../chaos/generate/config.ts';
import { dashboard } from '../../../resources/dashboard.ts';
import { serviceAlarms } from '../../../resources/service-alarms.ts';
import { PutMetricAlarm } from '../../../sandbox/aws/cloudwatch/schemas.ts';
import { alarmsOf } from '../../../shared/alarms/cloudwatch-alarms.ts';
import { alertingRules } from '../../../shared/alarms/prometheus-rules.ts';
import {
  type AlertName,
  alarmName,
  alertNames,
  alertOf,
  alertOfAlarm,
} from '../../../shared/alerts/catalogue.ts';
import { metricQueries } from '../../../shared/metrics/cloudwatch.ts';
import { configWith, production, service, serviceConfigs, targetGroup } from '../../support/builders.ts';

describe.each(serviceConfigs)('the alarms of %s', (_, one, config) => {
  const alarms = alarmsOf(one, config);

  it('are one for each alert of the runbook, and their names lead back to it', () => {
    const names = alarms.map(({ AlarmName = '' }) => AlarmName);

    expect(names.map((name) => alertOfAlarm(name, config)?.alert).sort()).toEqual([...alertNames].sort());
    expect(
      alarms.map(({ AlarmDescription = '' }) => AlarmDescription).every((text) => text.length <= 1024),
    ).toBe(true);
  });

  it.each(alarms.map((alarm) => [alarm.AlarmName ?? '', alarm] as const))(
    '%s is what CloudWatch accepts',
    (name, alarm) => {
      expect(PutMetricAlarm.parse(alarm)).toMatchObject({ AlarmName: name });
      expect(name).toMatch(/^.{1,255}$/);
      expect(Object.values(ComparisonOperator)).toContain(alarm.ComparisonOperator);
      expect(alarm.Statistic === undefined || Object.values(Statistic).includes(alarm.Statistic)).toBe(true);
      expect(
        [alarm.Statistic, alarm.ExtendedStatistic, alarm.Metrics].filter((one) => one !== undefined),
      ).toHaveLength(1);
      expect(alarm.DatapointsToAlarm).toBeLessThanOrEqual(alarm.EvaluationPeriods ?? 0);
    },
  );

  it('with metric math return exactly one series and use only what they read', () => {
    for (const { Metrics = [] } of alarms.filter((alarm) => alarm.Metrics)) {
      const ids = Metrics.map(({ Id }) => Id);
      const used = Metrics.flatMap(({ Expression = '' }) => Expression.match(/[a-z]\w*/g) ?? []);

      expect(Metrics.filter(({ ReturnData }) => ReturnData)).toHaveLength(1);
      expect(new Set(ids).size).toBe(ids.length);
      expect(used.filter((id) => !ids.includes(id))).toEqual([]);
    }
  });
});

describe('an alarm', () => {
  const byName = Object.fromEntries(alarmsOf(service, production).map((alarm) => [alarm.AlarmName, alarm]));
  const alarmOf = (alert: AlertName) =>
    alarmsOf(service, production).find(({ AlarmName }) => AlarmName === alarmName(service.service, alert));

  // Names as CloudWatch has them: Metrics for your Application Load Balancer, Amazon ECS CloudWatch metrics.
  const loadBalancer = { Name: 'LoadBalancer', Value: service.loadBalancer };
  const target = [loadBalancer, { Name: 'TargetGroup', Value: targetGroup }];
  const ecs = [
    { Name: 'ClusterName', Value: service.cluster },
    { Name: 'ServiceName', Value: service.service },
  ];
  const above = { ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching', Period: 60 };
  const silent = { ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching', Period: 60 };
  it.each<[AlertName, string, string, string, object[], object]>([
    ['HighLatencyP95', 'AWS/ApplicationELB', 'TargetResponseTime', 'p95', target, above],
    ['HighLatencyP99', 'AWS/ApplicationELB', 'TargetResponseTime', 'p99', target, above],
    ['APIDown', 'AWS/ApplicationELB', 'HealthyHostCount', 'Maximum', target, silent],
    ['HighRequestRate', 'AWS/ApplicationELB', 'RequestCount', 'Sum', target, above],
    ['HighCPU', 'AWS/ECS', 'CPUUtilization', 'Average', ecs, { ...above, Period: service.cpuMetricSeconds }],
    [
      'DatabasePoolExhausted',
      service.customNamespace,
      'DBPoolUsage',
      'Average',
      [{ Name: 'Service', Value: service.service }],
      above,
    ],
  ])('%s watches %s %s, %s', (alert, Namespace, MetricName, statistic, Dimensions, rule) => {
    const { ExtendedStatistic, Statistic, ...alarm } = alarmOf(alert) ?? {};

    expect(alarm).toMatchObject({ Namespace, MetricName, Dimensions, ...rule });
    expect(ExtendedStatistic ?? Statistic).toBe(statistic);
  });

  it('HighErrorRate watches the share of 5xx, of targets and of the load balancer itself', () => {
    const sum = (Id: string, MetricName: string, Dimensions: object[]) => ({
      Id,
      MetricStat: {
        Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions },
        Period: 60,
        Stat: 'Sum',
      },
      ReturnData: false,
    });
    expect(alarmOf('HighErrorRate')).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      Metrics: [
        sum('requests', 'RequestCount', target),
        sum('target5xx', 'HTTPCode_Target_5XX_Count', target),
        sum('elb5xx', 'HTTPCode_ELB_5XX_Count', [loadBalancer]),
        sum('everybody', 'RequestCount', [loadBalancer]),
        {
          Id: 'errors',
          Expression:
            '100 * (FILL(target5xx, 0) + IF(FILL(everybody, 0) > 1.01 * requests, 0, FILL(elb5xx, 0))) / (requests + IF(FILL(everybody, 0) > 1.01 * requests, 0, FILL(elb5xx, 0)))',
          Label: '5xx error rate',
          ReturnData: true,
        },
      ],
    });
  });

  it('says what it is for', () => {
    expect(alarmOf('HighLatencyP99')?.AlarmDescription).toBe(
      'Runbook alert HighLatencyP99 (critical): scale-out. Section: Quick Reference',
    );
    expect(alarmOf('HighCPU')?.AlarmDescription).toBe(
      'Runbook alert HighCPU (critical): scale-out. Section: Alert Thresholds',
    );
  });

  it.each([
    ['HighLatencyP95', 1],
    ['HighLatencyP99', 2.5],
    ['HighErrorRate', 1],
    ['DatabasePoolExhausted', 90],
    ['HighCPU', 80],
    ['HighRequestRate', 1000],
  ] as const)('%s fires above %d, and never for want of data', (alert, threshold) => {
    expect(byName[alarmName('buywhere-api', alert)]).toMatchObject({
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmDescription: expect.stringContaining(alertOf(alert).severity),
    });
  });

  it.each([
    [20, 1],
    [60, 2],
  ] as const)('HighCPU on %i-second metrics fires after %i of its points', (cpuMetricSeconds, points) => {
    const alarms = alarmsOf({ ...service, cpuMetricSeconds }, production);

    expect(alarms.find(({ AlarmName }) => AlarmName === 'buywhere-api-HighCPU')).toMatchObject({
      Period: cpuMetricSeconds,
      EvaluationPeriods: points,
      DatapointsToAlarm: points,
    });
  });

  it.each([
    // CloudWatch wants 200 requests for P95 and 1,000 for P99.
    [2, 100, 'ignore', 'evaluate'],
    [2, 99, 'evaluate', 'evaluate'],
    [2, 500, 'ignore', 'ignore'],
    [1, 999, 'ignore', 'evaluate'],
  ])('with %i tasks for %i requests each: P95 %s, P99 %s', (desired, requestsPerMinute, p95, p99) => {
    const { baseline, perTask } = service.capacity;
    const capacity = {
      ...service.capacity,
      baseline: { ...baseline, desired },
      perTask: { ...perTask, requestsPerMinute },
    };
    const low = alarmsOf({ ...service, capacity }, production).flatMap(
      ({ EvaluateLowSampleCountPercentile: low, AlarmName }) => (low ? [[AlarmName, low]] : []),
    );
    expect(low).toEqual([
      ['buywhere-api-HighLatencyP95', p95],
      ['buywhere-api-HighLatencyP99', p99],
    ]);
  });

  it('APIDown fires below one healthy host, and when there is only silence', () => {
    expect(byName['buywhere-api-APIDown']).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });
});

it('a worker has one alarm, and a dashboard without requests and targets', () => {
  const names = alarmsOf(asWorker(service), production).map(({ AlarmName }) => AlarmName);
  expect(names).toEqual(['buywhere-api-HighCPU']);
  const config = configWith((changed) => {
    changed.services = { [service.service]: asWorker(service) };
  });
  expect(JSON.stringify(dashboard(config))).not.toMatch(/ApplicationELB|load balancer|Hurting/);
  // AWS refuses a composite alarm of nothing.
  expect(Object.values(serviceAlarms(config)).map(({ Type }) => Type)).toEqual([
    'AWS::CloudWatch::Alarm',
    'AWS::Events::Rule',
  ]);
  expect(JSON.stringify(dashboard(production))).toMatch(/Tasks behind the load balancer/);
});

describe('the alarms of a service with two target groups', () => {
  const green = 'targetgroup/buywhere-api-green/1';
  const both = { ...service, alternateTargetGroup: green };
  const metricsOf = (alert: AlertName) =>
    alarmsOf(both, production).find(({ AlarmName }) => AlarmName === alarmName(service.service, alert))
      ?.Metrics ?? [];
  const groupsOf = (alert: AlertName) =>
    metricsOf(alert).flatMap(({ MetricStat }) =>
      (MetricStat?.Metric?.Dimensions ?? []).flatMap(({ Name, Value }) =>
        Name === 'TargetGroup' ? [Value] : [],
      ),
    );

  it.each<[AlertName, string]>([
    ['APIDown', 'MAX([healthyOne, healthyOther])'],
    ['HighLatencyP95', 'MAX([p95One, p95Other])'],
    ['HighLatencyP99', 'MAX([p99One, p99Other])'],
    ['HighRequestRate', 'SUM([requestsOne, requestsOther])'],
  ])('%s watches both: %s', (alert, expression) => {
    expect(metricsOf(alert).at(-1)).toMatchObject({ Expression: expression, ReturnData: true });
    expect(groupsOf(alert)).toEqual([targetGroup, green]);
  });

  it('APIDown takes of each group what the node that sees most of it reports', () => {
    expect(metricsOf('APIDown').flatMap(({ MetricStat }) => MetricStat?.Stat ?? [])).toEqual([
      'Maximum',
      'Maximum',
    ]);
  });

  it('HighErrorRate is the share of all requests', () => {
    expect(
      metricsOf('HighErrorRate').flatMap(({ Id, Expression }) => (Expression ? [[Id, Expression]] : [])),
    ).toEqual([
      ['requests', 'SUM([requestsOne, requestsOther])'],
      ['target5xx', 'SUM([target5xxOne, target5xxOther])'],
      ['errors', metricQueries(service).find(({ Id }) => Id === 'errors')?.Expression],
    ]);
    expect(groupsOf('HighErrorRate')).toEqual([targetGroup, green, targetGroup, green]);
  });

  it('the dashboard shows both', () => {
    const config = configWith((_, one) => Object.assign(one, { alternateTargetGroup: green }));
    const body = JSON.stringify(dashboard(config).Properties.DashboardBody);
    expect(body.split(green)).toHaveLength(body.split(targetGroup).length);
    expect(body).toContain('MAX([p99One, p99Other])');
    expect(JSON.stringify(dashboard(production))).not.toContain('Other]');
  });

  it('each refers only to queries that it has, and returns one series', () => {
    for (const { Metrics = [] } of alarmsOf(both, production)) {
      const ids = Metrics.map(({ Id }) => Id);
      const used = Metrics.flatMap(({ Expression = '' }) => Expression.match(/\b[a-z]\w*/g) ?? []);
      expect(used.filter((id) => !ids.includes(id))).toEqual([]);
      expect(new Set(ids).size).toBe(ids.length);
      expect(Metrics.filter(({ ReturnData }) => ReturnData)).toHaveLength(Metrics.length > 0 ? 1 : 0);
      expect(Metrics.length).toBeLessThanOrEqual(10);
    }
  });
});

describe('the name of an alarm', () => {
  it.each([
    ['api-HighCPU', ['api'], { service: 'api', alert: 'HighCPU' }],
    ['api-v2-HighCPU', ['api', 'api-v2'], { service: 'api-v2', alert: 'HighCPU' }],
    ['api-DiskFull', ['api'], undefined],
    ['other-HighCPU', ['api'], undefined],
    ['HighCPU', ['api'], undefined],
    ['TargetTracking-service/c/api-AlarmHigh-1', ['api'], undefined],
  ] as const)('%s of %j is %j', (name, services, expected) => {
    const named = Object.fromEntries(services.map((key) => [key, { ...service, service: key }]));
    expect(alertOfAlarm(name, { ...production, services: named })).toEqual(expected);
  });

  it('has the stage before a key that is not the name of the ECS service, and leads back to that key', () => {
    const own = { ...service, key: 'checkout' };
    const config = { ...production, services: { checkout: own, [service.service]: service } };
    const names = alarmsOf(own, config).map(({ AlarmName = '' }) => AlarmName);
    expect(names).toContain('production-checkout-HighCPU');
    expect(names.map((name) => alertOfAlarm(name, config)?.service)).toEqual(names.map(() => 'checkout'));
    expect(alertOfAlarm('buywhere-api-HighCPU', config)?.service).toBe('buywhere-api');
    expect(alertOfAlarm('checkout-HighCPU', config)).toBeUndefined();
  });
});

it('no alarm watches a row that the service does not have', () => {
  const without = { ...service, metrics: { ...service.metrics, dbPoolPercent: [], latencyP99Seconds: [] } };
  const names = alarmsOf(without, production).map(({ AlarmName = '' }) => AlarmName);
  const gone = ['DatabasePoolExhausted', 'HighLatencyP99'];
  expect(names).toHaveLength(alertNames.length - 2);
  expect(names.filter((name) => gone.some((alert) => name.endsWith(alert)))).toEqual([]);
});

it('nor do the composite alarm, the rules of Prometheus and the dashboard', () => {
  const config = configWith((_, one) => {
    one.metrics.latencyP99Seconds = [];
    one.metrics.pgbouncerPoolPercent = [];
  });
  const composite = Object.values(serviceAlarms(config)).find(
    ({ Type }) => Type === 'AWS::CloudWatch::CompositeAlarm',
  );
  expect(JSON.stringify(composite)).toMatch(/HighErrorRate.* OR .*APIDown/);
  expect(JSON.stringify(composite)).not.toContain('P99');
  const rules = alertingRules(config).flatMap((group) => group.rules.map(({ alert }) => alert));
  expect(rules).toContain('PgBouncerSlow');
  expect(rules).not.toContain('PgBouncerPoolExhausted');
});
