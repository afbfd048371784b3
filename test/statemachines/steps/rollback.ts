import { held, withoutRun } from './endings.ts';
import type { Step } from './text.ts';

/** What each step of rollback takes and gives, and what comes then. */
export const rollback: Step[] = [
  ['', 'starts at Understand the request, ends after 7200 s'],
  [
    'Understand the request',
    'intake(machine: rollback, input ← $, execution: { arn ← $$.Execution.Id, name ← $$.Execution.Name, startedAt ← $$.Execution.StartTime }) ResultSelector request ← $ as $ → Take over the incident; States.ALL as $ → Bad request',
  ],
  [
    'Take over the incident',
    'open-incident(document ← $) as $.incident → Assess the situation; States.ALL as $.failure → Report that no run could start',
  ],
  [
    'Assess the situation',
    'assess(document ← $) as $.assessment → Roll back; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Roll back',
    'rollback(document ← $) as $.rollback → Was there anything to roll back?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Was there anything to roll back?',
    '$.request.dryRun BooleanEquals true → Planned; $.rollback.action StringEquals hold → Hold and say why; else → Wait for the rollback',
  ],
  ['Planned', 'succeed'],
  [
    'Hold and say why',
    'pass(goal: rolled-back, state: failed, since ← $.assessment.at, mention: false, nextCheckSeconds: 15, reasons ← $.rollback.reasons) as $.verification → Record that the run is held',
  ],
  ['Wait for the rollback', 'waits 15 → Verify the rollback'],
  [
    'Verify the rollback',
    'wait-verify(goal: rolled-back, document ← $) as $.verification → Is it rolled back?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Is it rolled back?',
    '$.verification.state StringEquals reached → Record the rollback; $.verification.state StringEquals waiting → Wait for the rollback; else → Record that the run is held',
  ],
  [
    'Record the rollback',
    'close-incident(outcome: rolled-back, document ← $) as $.outcome → Tell people that it is rolled back; States.ALL as $.unrecorded → Tell people that it is rolled back',
  ],
  [
    'Tell people that it is rolled back',
    'notify(kind: rolled-back, document ← $) as $.notices.rolled_back → Was anything raised?; States.ALL as $.notices.rolled_back → Was anything raised?',
  ],
  [
    'Was anything raised?',
    '$.incident.snapshotStored BooleanEquals true → Start scale-in; else → Rolled back',
  ],
  [
    'Start scale-in',
    "startExecution(StateMachineArn: arn:aws:states:ap-southeast-1:123456789012:stateMachine:scale-in, Name ← States.Format('{}-{}-in', $.incident.id, $.incident.lockNumber), Input: { environment ← $.request.environment, service ← $.request.service, requestedBy ← $.request.requestedBy, startedBy ← $$.Execution.Id, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID ← $$.Execution.Id }) as $.scaleIn → Rolled back; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held",
  ],
  ['Rolled back', 'succeed'],
  ...held,
  ...withoutRun,
];
