import { held, withoutRun } from './endings.ts';
import type { Step } from './text.ts';

/** What each step of scale-in takes and gives, and what comes then. */
export const scaleIn: Step[] = [
  ['', 'starts at Understand the request, ends after 604800 s'],
  [
    'Understand the request',
    'intake(machine: scale-in, input ← $, execution: { arn ← $$.Execution.Id, name ← $$.Execution.Name, startedAt ← $$.Execution.StartTime }) ResultSelector request ← $ as $ → Take over the incident; States.ALL as $ → Bad request',
  ],
  [
    'Take over the incident',
    'open-incident(document ← $) as $.incident → May this run act?; States.ALL as $.failure → Report that no run could start',
  ],
  [
    'May this run act?',
    '$.incident.status StringEquals busy → Say why it may not act; $.request.dryRun BooleanEquals true → Assess the situation; else → Check for calm',
  ],
  [
    'Say why it may not act',
    'pass(Error: NotStarted, Cause ← $.incident.reasons[0].text) as $.failure → Did a run start it?',
  ],
  [
    'Did a run start it?',
    '$.request.startedBy IsPresent true → Superseded; else → Report that no run could start',
  ],
  [
    'Check for calm',
    'wait-verify(goal: calm, document ← $) as $.verification → Is it calm?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Is it calm?',
    '$.verification.state StringEquals reached → Assess the situation; $.verification.state StringEquals alarm → Scale out again; ($.verification.state StringEquals waiting and $.verification.mention BooleanEquals true) → Tell people that it is still scaled out; ($.verification.state StringEquals waiting and $.verification.checks NumericGreaterThanEquals 1500) → Go on in a new run; $.verification.state StringEquals waiting → Wait for calm; else → Record that the run is held',
  ],
  [
    'Tell people that it is still scaled out',
    'notify(kind: still-scaled-out, document ← $) as $.notices.still_scaled_out → Wait for calm; States.ALL as $.notices.still_scaled_out → Wait for calm',
  ],
  [
    'Go on in a new run',
    "startExecution(StateMachineArn: arn:aws:states:ap-southeast-1:123456789012:stateMachine:scale-in, Name ← States.Format('{}-{}-on', $.incident.id, $.incident.lockNumber), Input: { environment ← $.request.environment, service ← $.request.service, requestedBy ← $.request.requestedBy, startedBy ← $$.Execution.Id, waitingSince ← $.verification.since, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID ← $$.Execution.Id }) as $.scaleIn → Goes on in a new run; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held",
  ],
  ['Goes on in a new run', 'succeed'],
  ['Wait for calm', 'waits $.verification.nextCheckSeconds → Check for calm'],
  [
    'Assess the situation',
    'assess(document ← $) as $.assessment → Plan the way back; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Plan the way back',
    'plan(direction: in, document ← $) as $.plan → What does the plan say?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'What does the plan say?',
    '$.request.dryRun BooleanEquals true → Planned; $.plan.action StringEquals wait → Check for calm; $.plan.action StringEquals restored → Verify the restoration; $.plan.approved BooleanEquals true → Restore the CPU policy; $.plan.approvalRequired BooleanEquals false → Restore the CPU policy; else → Tell people that approval is asked for',
  ],
  ['Planned', 'succeed'],
  [
    'Tell people that approval is asked for',
    'notify(kind: waiting-for-approval, document ← $) as $.notices.waiting_for_approval → Look after the request; States.ALL as $.notices.waiting_for_approval → Look after the request',
  ],
  [
    'Look after the request',
    "startExecution(StateMachineArn: arn:aws:states:ap-southeast-1:123456789012:stateMachine:approval-reminder, Name ← States.Format('{}-{}-ask-{}', $.incident.id, $.incident.lockNumber, $.plan.round), Input: { approvalId ← States.Format('{}-{}-{}', $.incident.id, $.incident.lockNumber, $.plan.round), document ← $, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID ← $$.Execution.Id }) as $.reminder → Ask for approval; States.ALL as $.reminder → Ask for approval",
  ],
  [
    'Ask for approval',
    "request-approval(FunctionName: arn:aws:lambda:ap-southeast-1:123456789012:function:emergency-scaling-request-approval, Payload: { taskToken ← $$.Task.Token, approvalId ← States.Format('{}-{}-{}', $.incident.id, $.incident.lockNumber, $.plan.round), document ← $ }) as $.approval → Assess again after approval; ApprovalRejectedError as $.failure → Record the rejection; LockLostError as $.failure → Superseded; RestoredByHandError as $.withdrawal → Assess the situation; States.Timeout, States.HeartbeatTimeout as $.failure → Record the expiry; States.ALL as $.failure → Record that the run is held",
  ],
  [
    'Assess again after approval',
    'assess(document ← $) as $.assessment → Plan again after approval; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Plan again after approval',
    'plan(direction: in, document ← $) as $.plan → Is it still what was approved?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Is it still what was approved?',
    '($.plan.action StringEquals scale-in and $.plan.hash StringEqualsPath $.approval.planHash) → Restore the CPU policy; else → Check for calm',
  ],
  [
    'Restore the CPU policy',
    'put-policy(mode: restore, document ← $) as $.change.cpuPolicy → Take one step down; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Take one step down',
    'scale-in(document ← $) as $.step → Is there a cooldown?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Is there a cooldown?',
    '$.step.changed BooleanEquals true → Wait for the cooldown; $.step.done BooleanEquals false → Wait for the cooldown; else → Restore the bounds',
  ],
  ['Wait for the cooldown', 'waits $.step.waitSeconds → Check after the step'],
  [
    'Check after the step',
    'wait-verify(goal: step, document ← $) as $.verification → Did it stay ok?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Did it stay ok?',
    '$.verification.state StringEquals alarm → Scale out again; ($.verification.state StringEquals waiting and $.verification.checks NumericGreaterThanEquals 1500) → Go on in a new run; ($.verification.state StringEquals waiting and $.verification.mention BooleanEquals true) → Tell people that the way down waits; $.verification.state StringEquals waiting → Wait for ok after the step; $.verification.state StringEquals failed → Record that the run is held; $.step.done BooleanEquals true → Restore the bounds; else → Take one step down',
  ],
  [
    'Tell people that the way down waits',
    'notify(kind: still-scaled-out, document ← $) as $.notices.still_scaled_out → Wait for ok after the step; States.ALL as $.notices.still_scaled_out → Wait for ok after the step',
  ],
  ['Wait for ok after the step', 'waits $.verification.nextCheckSeconds → Check after the step'],
  [
    'Scale out again',
    "startExecution(StateMachineArn: arn:aws:states:ap-southeast-1:123456789012:stateMachine:emergency-scaling, Name ← States.Format('{}-{}-again', $.incident.id, $.incident.lockNumber), Input: { environment ← $.request.environment, service ← $.request.service, scaleOut: true, because ← $.verification.reasons, requestedBy: scale-in, because users are affected, startedBy ← $$.Execution.Id, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID ← $$.Execution.Id }) as $.scaleOut → Stopped to scale out again; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held",
  ],
  ['Stopped to scale out again', 'fail'],
  [
    'Restore the bounds',
    'register-target(mode: restore, document ← $) as $.change.bounds → Let autoscaling scale in again; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Let autoscaling scale in again',
    'register-target(mode: resume, document ← $) as $.change.suspended → Were the pools raised?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Were the pools raised?',
    '$.plan.pools IsPresent true → Give the pools back; else → Verify the restoration',
  ],
  [
    'Give the pools back',
    'tune-pools(mode: restore, document ← $) as $.change.pools → Verify the restoration; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Verify the restoration',
    'wait-verify(goal: restored, document ← $) as $.verification → Is everything restored?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Is everything restored?',
    '$.verification.state StringEquals reached → Close the incident; $.verification.state StringEquals waiting → Wait for the restoration; else → Record that the run is held',
  ],
  ['Wait for the restoration', 'waits $.verification.nextCheckSeconds → Verify the restoration'],
  [
    'Close the incident',
    'close-incident(outcome: restored, document ← $) as $.outcome → Tell people that it is restored; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Tell people that it is restored',
    'notify(kind: restored, document ← $) as $.notices.restored → Restored; States.ALL as $.notices.restored → Restored',
  ],
  ['Restored', 'succeed'],
  [
    'Record the rejection',
    'close-incident(outcome: rejected, document ← $) as $.outcome → Tell people about the rejection; States.ALL as $.unrecorded → Tell people about the rejection',
  ],
  [
    'Tell people about the rejection',
    'notify(kind: rejected, document ← $) as $.notices.rejected → Rejected; States.ALL as $.notices.rejected → Nobody was told',
  ],
  ['Rejected', 'fail'],
  [
    'Record the expiry',
    'close-incident(outcome: expired, document ← $) as $.outcome → Tell people about the expiry; States.ALL as $.unrecorded → Tell people about the expiry',
  ],
  [
    'Tell people about the expiry',
    'notify(kind: expired, document ← $) as $.notices.expired → Expired; States.ALL as $.notices.expired → Nobody was told',
  ],
  ['Expired', 'fail'],
  ...held,
  ...withoutRun,
];
