import { switchName } from '../../sandbox/aws/ssm/seed.ts';
import { deliver } from '../../sandbox/event-rules.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import type { ChaosFault } from '../generate/incident.ts';
import { workflows } from '../generate/moments.ts';
import { met } from '../record/reach.ts';
import type { Scene } from './scene.ts';
import { sendStorm } from './storms.ts';
import { changeAsPerson } from './terminal.ts';

type Of<Kind extends ChaosFault['kind']> = Extract<ChaosFault, { kind: Kind }>;

const flapSeconds = 45;

/** Lets a fault happen at its moment. Disturbances of calls are none of this: the wire and the processes know them. */
export function act(fault: ChaosFault, scene: Scene): void {
  const at = scene.moments.at;
  if (fault.kind === 'stale') at(fault.at, () => makeStale(fault, scene));
  if (fault.kind === 'gone') at(fault.at, () => deleteService(scene));
  if (fault.kind === 'person') at(fault.at, () => changeSetting(fault, scene));
  if (fault.kind === 'stop') at(fault.at, () => stopRuns(fault, scene));
  if (fault.kind === 'switch') at(fault.at, () => turnOff(fault, scene));
  if (fault.kind === 'start') at(fault.at, () => startRun(fault, scene));
  if (fault.kind === 'faulty-input') at(fault.at, () => startFaulty(fault, scene));
  if (fault.kind === 'alarm') at(fault.at, () => flap(fault.alert, fault.flaps, scene));
  if (fault.kind === 'record-lost') at(fault.at, () => loseRecord(fault, scene));
  if (fault.kind === 'approver-removed') at(fault.at, () => removeApprover(fault, scene));
  if (fault.kind === 'storm') at(fault.at, () => storm(fault, scene));
  if (fault.kind === 'repeat-event') repeatEvents(fault, scene);
}

function makeStale(fault: Of<'stale'>, { blows, sandbox }: Scene): void {
  blows.stale.push({ fault, until: sandbox.time.now() + fault.forSeconds * 1000 });
}

function deleteService({ reached, blows, sandbox }: Scene): void {
  reached('service deleted');
  blows.goneAt = sandbox.time.now();
}

function changeSetting({ change }: Of<'person'>, { reached, doing, people, sandbox, before }: Scene): void {
  reached(`person: ${change.setting}`);
  doing(async () => people.push(await changeAsPerson(sandbox, change, before)));
}

function stopRuns(
  { machine }: Pick<Of<'stop'>, 'machine'>,
  { sandbox, moments, reach, stopped }: Scene,
): void {
  const { engine, time } = sandbox;
  for (const { arn } of engine.listExecutions({ machine, status: 'RUNNING' })) {
    met(reach, 'stopped', `${machine} · ${moments.whereIs(arn).state}`);
    stopped.set(arn, time.now());
    engine.stopExecution(arn, 'Stopped', 'by a person');
  }
}

function turnOff({ forSeconds }: Of<'switch'>, { reached, switched, sandbox, moments }: Scene): void {
  const turn = (on: boolean) => {
    switched.push({ at: sandbox.time.now(), on });
    sandbox.aws.parameters.put(switchName(sandbox.config), on ? 'on' : 'off', { overwrite: true });
  };
  reached('switch off');
  turn(false);
  moments.at({ atSeconds: forSeconds }, () => turn(true));
}

function startRun({ machine, input }: Of<'start'>, { reached, start }: Scene): void {
  reached(`person starts ${machine}`);
  start(machine, input);
}

function startFaulty({ machine, input }: Of<'faulty-input'>, scene: Scene): void {
  scene.reached('faulty input');
  scene.faultyInputs.add(scene.startWith(machine, input).arn);
}

/** An alarm fires, perhaps goes to OK and fires again, so many times. */
function flap(alert: string, flaps: number, scene: Scene): void {
  const { sandbox, moments } = scene;
  const { alarms } = sandbox.aws;
  const name = `${sandbox.service.service}-${alert}`;
  // A service without the row has no alarm of it.
  if (!alarms.all().some(({ definition }) => definition.AlarmName === name)) return;
  scene.reached('alarm fires');
  alarms.setState(name, 'ALARM', 'Threshold Crossed: set by the chaos run');
  if (flaps === 0) return;
  moments.at({ atSeconds: flapSeconds }, () => {
    alarms.setState(name, 'OK', 'Threshold Crossed: set by the chaos run');
    moments.at({ atSeconds: flapSeconds }, () => flap(alert, flaps - 1, scene));
  });
}

/** Long enough for the notices of what was stopped, and for the clock to pass the record's end. */
const untilNextRunSeconds = 60;

function loseRecord({ idle }: Of<'record-lost'>, scene: Scene): void {
  const { reached, doing, sandbox, moments, start } = scene;
  const { store, service, time } = sandbox;
  reached(idle ? 'lock record lost while nobody runs' : 'lock record lost');
  if (idle) for (const machine of workflows) stopRuns({ machine }, scene);
  doing(async () => {
    const key = serviceKey(service.cluster, service.service);
    const stored = await store.read(key);
    // A record that has expired counts as absent.
    if (stored) {
      await store.write(key, stored.body, { expected: stored.version, expiresAt: new Date(time.now()) });
    }
  });
  if (!idle) return;
  moments.at({ atSeconds: untilNextRunSeconds }, () => start('emergency-scaling', { scaleOut: true }));
}

/** A new package without one of the approvers. */
function removeApprover({ place }: Of<'approver-removed'>, scene: Scene): void {
  const { reached, removedApprovers, sandbox } = scene;
  const { approval } = sandbox.config;
  const removed = approval.approvers[place % approval.approvers.length];
  if (!removed || approval.approvers.length <= approval.approvalsNeeded) return;
  reached('approver removed');
  removedApprovers.push({ name: removed.name, at: sandbox.time.now() });
  approval.approvers = approval.approvers.filter((one) => one !== removed);
}

function storm(fault: Of<'storm'>, { reached, doing, sandbox }: Scene): void {
  reached('alert storm');
  doing(() => sendStorm(fault, sandbox));
}

/** At-least-once delivery: the same event, perhaps under the name that its execution has already. */
function repeatEvents({ afterSeconds }: Of<'repeat-event'>, scene: Scene): void {
  const { sandbox, moments, reached, alarmStartsRun } = scene;
  const { engine, aws, alarmEvents } = sandbox;
  aws.alarms.onAlarmStateChange((event) => {
    // What is never delivered does not come again.
    if (!alarmStartsRun()) return;
    if (!alarmEvents.includes(event) || event.detail.state.value !== 'ALARM') return;
    moments.at({ atSeconds: afterSeconds + 1 }, () => {
      reached('alarm event again');
      const known = engine.executions.filter(({ name }) => name.startsWith(event.id)).length;
      if (known < 2) deliver(engine, event);
    });
  });
}
