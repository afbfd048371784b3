import { alarmsOf } from '../../../shared/alarms/cloudwatch-alarms.ts';
import { machines } from '../../../shared/document/request.ts';
import { EndedExecution, isUntold } from '../../../shared/notices/watcher.ts';
import { ofType, type Packaged } from '../../support/packaged.ts';
import { differs } from './differs.ts';
import { getAtt, ownAlarmsOf, preflightRule, ref, watched } from './expected.ts';
import { watching as watchingRule } from './parts.ts';

/** What starts runs, the watcher and the preflight, and where it is kept when that fails. */
export function rules(packaged: Packaged): string[] {
  const { stage } = packaged;
  const all = ofType(packaged, 'AWS::Events::Rule').map(([, properties]) => properties);
  const watching = all.filter(({ EventPattern }) => Object(EventPattern).source?.[0] === 'aws.states');
  const rehearsing = all.filter(
    ({ EventPattern }) => Object(EventPattern).source?.[0] === 'aws.cloudformation',
  );
  const ticking = all.filter((rule) => rule.ScheduleExpression !== undefined && !rehearsing.includes(rule));
  const starting = all.filter(({ EventPattern }) => Object(EventPattern).detail?.alarmName);
  const untold = EndedExecution.entries.detail.entries.status.options.filter((status) =>
    isUntold({
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn: '', name: '', status, error: 'unheard of' },
    }),
  );
  const retrying = packaged.config.timing.eventMaxAgeSeconds;
  const target = {
    Id: 'emergency-scaling',
    Arn: ref('EmergencyScaling'),
    RoleArn: getAtt('AlarmRuleRole'),
    RetryPolicy: { MaximumEventAgeInSeconds: retrying, MaximumRetryAttempts: 185 },
    DeadLetterConfig: { Arn: getAtt('UndeliveredAlarms') },
  };
  return [
    ...differs(
      'what the watcher sees',
      watching.map(({ EventPattern }) => EventPattern),
      [watched(stage, untold, machines)],
    ),
    ...differs(
      'when the watcher looks',
      ticking.map(({ ScheduleExpression }) => ScheduleExpression),
      ['rate(5 minutes)'],
    ),
    ...differs(
      'when the preflight starts',
      rehearsing.map(({ Description: _, ...rule }) => rule),
      [preflightRule(stage)],
    ),
    ...watching.flatMap(({ EventPattern: _, ...rule }) =>
      differs('how the watcher hears', rule, watchingRule(stage, 1)),
    ),
    ...ticking.flatMap(({ ScheduleExpression: _, ...rule }) =>
      differs('how it is woken', rule, watchingRule(stage, 2)),
    ),
    ...starting.flatMap(({ Targets }) => differs('what an alarm starts', Targets, [target])),
    ...starting.flatMap(({ EventPattern }) => [
      ...differs('when it starts', Object(EventPattern).detail?.state, { value: ['ALARM'] }),
      ...differs('what starts', Object(EventPattern)['detail-type'], ['CloudWatch Alarm State Change']),
      ...differs('who says so', Object(EventPattern).source, ['aws.cloudwatch']),
    ]),
    ...all.flatMap(({ State }) => (State === undefined || State === 'ENABLED' ? [] : [`a rule is ${State}`])),
  ];
}

/** The alarms on the product itself, and the one that says that users notice, of each service. */
export function alarms(packaged: Packaged): string[] {
  const prefix = `emergency-scaling-${packaged.stage}-`;
  const own = ofType(packaged, 'AWS::CloudWatch::Alarm').flatMap(([, properties]) => {
    const { AlarmName, AlarmDescription, AlarmActions, OKActions, ...watching } = properties;
    const name = String(AlarmName);
    return name.startsWith(prefix) ? [[name.slice(prefix.length), watching] as const] : [];
  });
  const composite = Object.values(packaged.config.services).map(({ service }) => {
    const id = `${service[0]?.toUpperCase()}${service.slice(1)}`.replaceAll('-', 'Dash');
    const states = ['HighLatencyP99', 'HighErrorRate', 'APIDown'].map(
      (alert) => `ALARM("\${${id}${alert}Alarm}")`,
    );
    return [`${service}-hurting`, { 'Fn::Sub': states.join(' OR ') }];
  });
  const found = ofType(packaged, 'AWS::CloudWatch::CompositeAlarm');
  const ofServices = Object.values(packaged.config.services).flatMap((service) =>
    alarmsOf(service, packaged.config).map(({ AlarmDescription: _, ...alarm }) => alarm),
  );
  const packed = ofType(packaged, 'AWS::CloudWatch::Alarm')
    .map(([, { AlarmDescription: _, ...alarm }]) => alarm)
    .filter(({ AlarmName }) => !String(AlarmName).startsWith(prefix));
  return [
    ...differs('alarms of the services', packed, JSON.parse(JSON.stringify(ofServices))),
    ...differs(
      'alarms on the product',
      Object.keys(Object.fromEntries(own)).sort(),
      Object.keys(ownAlarmsOf).sort(),
    ),
    ...own.flatMap(([name, watching]) => differs(`alarm ${name}`, watching, ownAlarmsOf[name])),
    ...differs(
      'composite alarms',
      found.map(([, { AlarmName, AlarmRule }]) => [AlarmName, AlarmRule]),
      composite,
    ),
  ];
}
