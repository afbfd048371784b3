import { withoutRun } from './endings.ts';
import type { Step } from './text.ts';

/** What each step of configure-autoscaling takes and gives, and what comes then. */
export const configureAutoscaling: Step[] = [
  ['', 'starts at Understand the request, ends after 1800 s'],
  [
    'Understand the request',
    'intake(machine: configure-autoscaling, input ← $, execution: { arn ← $$.Execution.Id, name ← $$.Execution.Name, startedAt ← $$.Execution.StartTime }) ResultSelector request ← $ as $ → Take the lock; States.ALL as $ → Bad request',
  ],
  [
    'Take the lock',
    'open-incident(document ← $) as $.incident → May this run act?; States.ALL as $.failure → Report that no run could start',
  ],
  [
    'May this run act?',
    '$.incident.status StringEquals busy → Report that no run could start; else → Read autoscaling',
  ],
  [
    'Read autoscaling',
    'read-autoscaling(document ← $) as $.autoscaling → Does anything have to change?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Does anything have to change?',
    '$.request.dryRun BooleanEquals true → Planned; $.autoscaling.action StringEquals configure → Register the scalable target; $.autoscaling.action StringEquals none → Record the configuration; else → Record that the run is held',
  ],
  ['Planned', 'succeed'],
  [
    'Register the scalable target',
    'put-autoscaling(part: target, document ← $) as $.change.target → Put the CPU policy; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Put the CPU policy',
    'put-autoscaling(part: cpu, document ← $) as $.change.cpu → Put the latency policy; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Put the latency policy',
    'put-autoscaling(part: latency, document ← $) as $.change.latency → Put the request policy; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Put the request policy',
    'put-autoscaling(part: requests, document ← $) as $.change.requests → Read autoscaling again; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Read autoscaling again',
    'read-autoscaling(document ← $) as $.checked → Is it as wanted now?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Is it as wanted now?',
    '$.checked.action StringEquals none → Record the configuration; else → Record that the run is held',
  ],
  [
    'Record the configuration',
    'close-incident(outcome: configured, document ← $) as $.outcome → Has anything changed?; States.ALL as $.unrecorded → Has anything changed?',
  ],
  [
    'Has anything changed?',
    '$.autoscaling.action StringEquals configure → Tell people what has changed; else → Configured',
  ],
  [
    'Tell people what has changed',
    'notify(kind: configured, document ← $) as $.notices.configured → Configured; States.ALL as $.notices.configured → Configured',
  ],
  ['Configured', 'succeed'],
  [
    'Record that the run is held',
    'close-incident(outcome: held, document ← $) as $.outcome → Tell people that it is held; States.ALL as $.unrecorded → Tell people that it is held',
  ],
  [
    'Tell people that it is held',
    'notify(kind: held, document ← $) as $.notices.held → Held; States.ALL as $.notices.held → Nobody was told',
  ],
  ['Held', 'fail'],
  ...withoutRun,
];
