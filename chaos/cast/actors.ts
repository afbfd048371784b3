import { deliver, type Sandbox } from '../../sandbox/sandbox.ts';
import { withNames } from '../generate/generate.ts';
import type { ChaosFault, ChaosIncident } from '../generate/incident.ts';
import { met, type Reach } from '../record/reach.ts';
import type { PersonAct, Recording } from '../record/recording.ts';
import type { Moments } from './moments.ts';
import { approvers, changeAsPerson } from './people.ts';
import { visitors } from './visitors.ts';
import { webhookSenders } from './webhook-senders.ts';

interface Stage {
  moments: Moments;
  reach: Reach;
  people: PersonAct[];
  answers: Recording['answers'][number][];
  switched: Recording['switched'][number][];
  stored(key: string): unknown;
  makeGone(): void;
  makeStale(fault: Extract<ChaosFault, { kind: 'stale' }>): void;
}

/** Everybody and everything that acts in an incident beside the product. */
export interface Cast {
  /** Called at intervals: approvers read their mail. */
  look(): Promise<void>;
  /** Whether somebody is in the middle of something. */
  busy(): boolean;
  readonly stopped: Map<string, number>;
  readonly faultyInputs: Set<string>;
}

/** When a person starts the run at the console, in seconds. */
const consoleSeconds = 150;
const flapSeconds = 45;

/** Puts everyone in their place: each acts when its moment comes. */
export function actors(sandbox: Sandbox, incident: ChaosIncident, stage: Stage): Cast {
  const { engine, aws, time, service } = sandbox;
  const { moments, reach } = stage;
  const stopped = new Map<string, number>();
  const faultyInputs = new Set<string>();
  let acting = 0;
  const statesNow = () =>
    engine
      .listExecutions({ status: 'RUNNING' })
      .map(({ arn, machine }) => `${machine} · ${moments.whereIs(arn).state}`);
  const reached = (fault: string) => {
    for (const state of statesNow().length > 0 ? statesNow() : ['nothing runs']) met(reach, fault, state);
  };
  const busyWith = (work: () => Promise<unknown>) => {
    acting += 1;
    void work().finally(() => {
      acting -= 1;
    });
  };
  const start = (machine: string, input: unknown) =>
    engine.startExecution({ machine, input: withNames(input, incident.environment) });
  const names = { environment: 'ENVIRONMENT', service: 'SERVICE' };

  const act = (fault: ChaosFault): void => {
    switch (fault.kind) {
      case 'stale':
        moments.at(fault.at, () => stage.makeStale(fault));
        return;
      case 'gone':
        moments.at(fault.at, () => {
          reached('service deleted');
          stage.makeGone();
        });
        return;
      case 'person':
        moments.at(fault.at, () => {
          reached(`person: ${fault.change.setting}`);
          busyWith(async () => stage.people.push(await changeAsPerson(sandbox, fault.change)));
        });
        return;
      case 'stop':
        moments.at(fault.at, () => {
          for (const { arn } of engine.listExecutions({ machine: fault.machine, status: 'RUNNING' })) {
            met(reach, 'stopped', `${fault.machine} · ${moments.whereIs(arn).state}`);
            stopped.set(arn, time.now());
            engine.stopExecution(arn, 'Stopped', 'by a person');
          }
        });
        return;
      case 'switch':
        moments.at(fault.at, () => {
          reached('switch off');
          stage.switched.push({ at: time.now(), on: false });
          sandbox.killSwitch.on = false;
          moments.at({ atSeconds: fault.forSeconds }, () => {
            stage.switched.push({ at: time.now(), on: true });
            sandbox.killSwitch.on = true;
          });
        });
        return;
      case 'start':
        moments.at(fault.at, () => {
          reached(`person starts ${fault.machine}`);
          start(fault.machine, { ...names, ...fault.input });
        });
        return;
      case 'faulty-input':
        moments.at(fault.at, () => {
          reached('faulty input');
          faultyInputs.add(start(fault.machine, fault.input).arn);
        });
        return;
      case 'alarm':
        moments.at(fault.at, () => flap(fault.alert, fault.flaps));
        return;
      case 'repeat-event':
        aws.alarms.onAlarmStateChange((event) => {
          if (!sandbox.alarmEvents.includes(event) || event.detail.state.value !== 'ALARM') return;
          moments.at({ atSeconds: fault.afterSeconds + 1 }, () => {
            reached('alarm event again');
            deliverAgain(event);
          });
        });
        return;
      default:
        // The others are disturbances of calls, which the wire and the processes take care of.
        return;
    }
  };

  function flap(alert: string, flaps: number): void {
    const name = `${service.service}-${alert}`;
    reached('alarm fires');
    aws.alarms.setState(name, 'ALARM', 'Threshold Crossed: set by the chaos run');
    if (flaps === 0) return;
    moments.at({ atSeconds: flapSeconds }, () => {
      aws.alarms.setState(name, 'OK', 'Threshold Crossed: set by the chaos run');
      moments.at({ atSeconds: flapSeconds }, () => flap(alert, flaps - 1));
    });
  }

  /** At-least-once delivery: the same event, perhaps under the name that its execution has already. */
  function deliverAgain(event: { id: string }): void {
    const known = engine.executions.filter(({ name }) => name.startsWith(event.id)).length;
    if (known < 2) deliver(engine, event);
  }

  for (const fault of incident.faults) act(fault);
  if (incident.trigger === 'console') {
    moments.at({ atSeconds: consoleSeconds }, () =>
      start('emergency-scaling', { ...names, alert: 'HighLatencyP99', requestedBy: 'person' }),
    );
  }
  const uninvited = [visitors(sandbox), webhookSenders(sandbox)];
  const invited = approvers(sandbox, incident.approver, stage.stored, stage.answers);
  return {
    async look() {
      for (const visit of uninvited) await visit();
      await invited();
    },
    busy: () => acting > 0,
    stopped,
    faultyInputs,
  };
}
