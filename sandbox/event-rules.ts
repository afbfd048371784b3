import { alertOfAlarm } from '../shared/alerts/catalogue.ts';
import type { Config } from '../shared/config/schema.ts';
import type { Aws } from './aws/aws.ts';
import type { AlarmEvent } from './aws/cloudwatch/alarm-event.ts';
import type { VirtualTime } from './clock.ts';
import type { Engine } from './engine/engine.ts';
import type { LocalFunction } from './functions.ts';
import { type LogLine, logInto } from './surroundings.ts';

/** What EventBridge's rules connect; they do as the deployed ones. */
interface Parts {
  config: Config;
  time: VirtualTime;
  aws: Aws;
  engine: Engine;
  functions: Record<string, LocalFunction>;
  logs: LogLine[];
}

/** EventBridge needs about a second from an alarm's transition to its target. */
const deliveryMilliseconds = 1000;
const ruleId = '5f0e1d2c-7b6a-4c3d-9e8f-0a1b2c3d4e5f';

/** The rule for the runbook's alarms: an alarm that fires starts a run, one that goes to OK none. Their events are kept. */
export function alarmRule({ aws, engine, config }: Parts, startsRun: () => boolean): AlarmEvent[] {
  const alarmEvents: AlarmEvent[] = [];
  aws.alarms.onAlarmStateChange((event) => {
    if (!alertOfAlarm(event.detail.alarmName, config)) return;
    alarmEvents.push(event);
    if (event.detail.state.value === 'ALARM' && startsRun())
      setTimeout(() => deliver(engine, event), deliveryMilliseconds);
  });
  return alarmEvents;
}

/** The rules of the watcher: runs that ended badly, and a tick every five minutes. Returns how to stop it. */
export function watcherRules({ functions, engine, logs, time }: Parts): () => void {
  const watch = (event: unknown) => {
    void functions['watch-executions']?.(event, {
      functionName: 'watch-executions',
      awsRequestId: 'event',
    }).catch((error: unknown) =>
      logInto(logs, 'watch-executions', time.now).error('the watcher failed', { error: String(error) }),
    );
  };
  engine.onStatusChange((change) => {
    const watched = ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(change.detail.status);
    // A preflight tells of its own end, and pages nobody.
    if (watched && !change.detail.stateMachineArn.endsWith('-preflight')) watch(change);
  });
  const ticks = setInterval(() => watch({ 'detail-type': 'Scheduled Event' }), 300_000);
  return () => clearInterval(ticks);
}

/** Starts an emergency run as the deployed rule does; EventBridge names the execution after the event and the rule. */
export function deliver(engine: Engine, event: { id: string }): void {
  const name = `${event.id}_${ruleId}`;
  const known = engine.executions.some((execution) => execution.name === name);
  engine.startExecution({
    machine: 'emergency-scaling',
    name: known ? `${name.slice(0, 70)}-again` : name,
    input: event,
  });
}
