import { alarmsOf } from '../shared/alarms/cloudwatch-alarms.ts';
import { metricNames } from '../shared/config/metric-catalogue.ts';
import { alarmStem, forService, keyOf } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import { loadBalancingOf } from '../shared/config/servers/load-balancing.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { dashboardName } from './links.ts';
import { functionNames, logicalId, machines } from './names.ts';
import { alarmId, hurtingAmong, hurtingName, type Resource } from './service-alarms.ts';
import { thresholdGraph } from './threshold-graph.ts';
import { columns, graph, placed, text, type Widget } from './widgets.ts';

/**
 * The CloudWatch dashboard of a stage: each service's metrics with the limits of the threshold table, and what the
 * product itself does. Source: CloudWatch User Guide, Dashboard body structure and syntax.
 */
export function dashboard(config: Config): Resource {
  return resource(dashboardName(config), [...ofServices(config), ...ofRuns()]);
}

/** The same of services alone, for another account: what the product does is not there. */
export const dashboardOfServices = (config: Config, name: string): Resource =>
  resource(name, ofServices(config));

const resource = (name: string, widgets: Widget[]): Resource => ({
  Type: 'AWS::CloudWatch::Dashboard',
  Properties: {
    DashboardName: name,
    DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: placed(widgets) }) },
  },
});

const ofServices = (config: Config): Widget[] =>
  Object.values(config.services).flatMap((service) => ofService(service, config));

function ofService(service: ServiceConfig, config: Config): Widget[] {
  const [key, stem] = [keyOf(service), alarmStem(service, config)];
  const { thresholds } = forService(config, key);
  const names = alarmsOf(service, config).map(({ AlarmName = '' }) => AlarmName);
  const hurts = hurtingAmong(stem, names).length > 0;
  const alarms = [...(hurts ? [hurtingName(stem)] : []), ...names].map(
    (name) => `\${${alarmId(key, stem, name)}.Arn}`,
  );
  return [
    text(`# ${key}`),
    {
      type: 'alarm',
      width: columns,
      height: 3,
      properties: { title: `Alarms of ${key}`, alarms },
    },
    ...metricNames
      .filter((name) => service.metrics[name].length > 0)
      .map((name) => thresholdGraph(service, name, thresholds[name])),
    ...tasksBehind(service),
  ];
}

function tasksBehind(service: ServiceConfig): Widget[] {
  const names = loadBalancingOf(service);
  if (!names) return [];
  const groups = [names.targetGroup, service.alternateTargetGroup].filter((group) => group !== undefined);
  const counts = groups.flatMap((group) =>
    ['HealthyHostCount', 'UnHealthyHostCount'].map((metric) => [
      'AWS/ApplicationELB',
      metric,
      ...['LoadBalancer', names.loadBalancer, 'TargetGroup', group],
    ]),
  );
  return [graph('Tasks behind the load balancer', counts, { stat: 'Maximum' })];
}

function ofRuns(): Widget[] {
  const ofMachines = (metric: string) =>
    machines().map(({ name, id }) => ['AWS/States', metric, 'StateMachineArn', `\${${id}}`, { label: name }]);
  const ofFunctions = (metric: string) =>
    functionNames().map((name) => [
      'AWS/Lambda',
      metric,
      'FunctionName',
      `\${${logicalId(name)}LambdaFunction}`,
      { label: name },
    ]);
  const queues = ['UndeliveredAlarms', 'UndeliveredEnds'].map((id) => [
    'AWS/SQS',
    'ApproximateNumberOfMessagesVisible',
    'QueueName',
    `\${${id}.QueueName}`,
  ]);
  return [
    text('# Runs\nA run that is held, rejected or rolled back counts as failed: a person is needed.'),
    graph('Executions started', ofMachines('ExecutionsStarted')),
    graph('Executions failed', ofMachines('ExecutionsFailed')),
    graph('Executions timed out', ofMachines('ExecutionsTimedOut')),
    graph('Executions stopped by a person', ofMachines('ExecutionsAborted')),
    approvalsWaiting(),
    graph('Undelivered events, waiting for a person', queues, { stat: 'Maximum' }),
    graph('Errors of functions', ofFunctions('Errors')),
    graph('Throttled functions', ofFunctions('Throttles')),
    graph('Slowest call of functions, in milliseconds', ofFunctions('Duration'), { stat: 'Maximum' }),
  ];
}

/** A reminder execution lives as long as its request is open, so those started and not ended are the ones waiting. */
function approvalsWaiting(): Widget {
  const of = (metric: string, id: string) => [
    'AWS/States',
    metric,
    'StateMachineArn',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
    '${ApprovalReminder}',
    { id, visible: false },
  ];
  const ends = ['ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'];
  const ended = ends.map((_, index) => `FILL(ended${index}, 0)`).join(' + ');
  return graph('Approvals waiting, of those asked for in the time shown', [
    [{ expression: `RUNNING_SUM(FILL(asked, 0) - (${ended}))`, label: 'waiting' }],
    of('ExecutionsStarted', 'asked'),
    ...ends.map((metric, index) => of(metric, `ended${index}`)),
  ]);
}
