import { held, withoutRun } from './endings.ts';
import { raising } from './pools.ts';
import type { Step } from './text.ts';

/** What each step of emergency-scaling takes and gives, and what comes then. */
export const emergencyScaling: Step[] = [
  ['', 'starts at Understand the request, ends after 7200 s'],
  [
    'Understand the request',
    'intake(machine: emergency-scaling, input ← $, execution: { arn ← $$.Execution.Id, name ← $$.Execution.Name, startedAt ← $$.Execution.StartTime }) ResultSelector request ← $ as $ → Is there anything to do?; States.ALL as $ → Bad request',
  ],
  ['Is there anything to do?', '$.request.act BooleanEquals true → Open the incident; else → Ignored'],
  ['Ignored', 'succeed'],
  [
    'Open the incident',
    'open-incident(document ← $) as $.incident → May this run act?; States.ALL as $.failure → Report that no run could start',
  ],
  [
    'May this run act?',
    '$.incident.escalate IsPresent true → Tell people though it joins; $.incident.status StringEquals joined → Joined; $.incident.superseded IsPresent true → Withdraw the approval request; else → May it scale out?',
  ],
  [
    'Withdraw the approval request',
    'approval(withdraw ← $.incident.id) as $.withdrawal → May it scale out?; States.ALL as $.withdrawal → May it scale out?',
  ],
  [
    'May it scale out?',
    '$.incident.status StringEquals capped → Say why it may not act; $.incident.status StringEquals busy → Say why it may not act; $.request.dryRun BooleanEquals true → Assess the situation; else → Tell people that it started',
  ],
  [
    'Say why it may not act',
    'pass(Error: NotStarted, Cause ← $.incident.reasons[0].text) as $.failure → Report that no run could start',
  ],
  [
    'Tell people though it joins',
    'notify(kind: escalated, document ← $) as $.notices.escalated → Joined; States.ALL as $.notices.escalated → Nobody was told',
  ],
  ['Joined', 'succeed'],
  [
    'Tell people that it started',
    'notify(kind: started, document ← $) as $.notices.started → Assess the situation; States.ALL as $.notices.started → Assess the situation',
  ],
  ['Wait for its turn', 'waits $.request.admissionDelaySeconds → Assess the situation'],
  [
    'Assess the situation',
    'assess(document ← $) as $.assessment → Are there pools to ask?; ThrottledError as $.throttled → Wait for its turn; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Are there pools to ask?',
    '$.assessment.asksPools IsPresent true → Read the pools; else → Plan the capacity',
  ],
  [
    'Read the pools',
    'read-pools(mode: look, document ← $) as $.pools → Plan the capacity; States.ALL as $.unread → Plan the capacity',
  ],
  [
    'Plan the capacity',
    'plan(direction: out, document ← $) as $.plan → What does the plan say?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'What does the plan say?',
    '$.request.dryRun BooleanEquals true → Planned; ($.plan.action StringEquals scale-out and $.plan.tell BooleanEquals true) → Tell people as well; $.plan.action StringEquals scale-out → Take the snapshot; ($.plan.waits BooleanEquals true and $.plan.action StringEquals relieve-pool and $.plan.pools IsPresent true) → Take the snapshot before the pools; ($.plan.tell BooleanEquals true and $.plan.reasons[0].code StringEquals dependency-failed and $.plan.waits BooleanEquals true) → Read the cache; ($.plan.tell BooleanEquals true and ($.plan.waits BooleanEquals true or $.plan.action StringEquals watch)) → Tell people and watch; $.plan.waits BooleanEquals true → Watch; $.plan.action StringEquals watch → Watch; $.plan.action StringEquals none → Record the recovery; $.plan.action StringEquals hold → Say why no task is added; $.plan.action StringEquals roll-back → Say why no task is added; $.plan.reasons[0].code StringEquals waited-in-vain → Record that the run is held; else → Escalate',
  ],
  ['Planned', 'succeed'],
  [
    'Tell people as well',
    'notify(kind: escalated, document ← $) as $.notices.escalated → Take the snapshot; States.ALL as $.notices.escalated → Take the snapshot',
  ],
  ['Do people know of the pools?', '$.plan.tell BooleanEquals true → Tell people and watch; else → Watch'],
  [
    'Take the snapshot before the pools',
    'take-snapshot(document ← $) as $.snapshot → Raise the pools; LockLostError as $.failure → Superseded; States.ALL as $.unread → Do people know of the pools?',
  ],
  ...raising,
  [
    'Tell people that it has not helped',
    'notify(kind: escalated, document ← $) as $.notices.escalated → Watch; States.ALL as $.notices.escalated → Watch',
  ],
  [
    'Tell people that the pools are raised',
    'notify(kind: pools-raised, document ← $) as $.notices.pools_raised → Assess the situation; States.ALL as $.notices.pools_raised → Assess the situation',
  ],
  [
    'Read the cache',
    'check-redis(document ← $) as $.cache → Tell people and watch; States.ALL as $.unread → Tell people and watch',
  ],
  [
    'Tell people and watch',
    'notify(kind: escalated, document ← $) as $.notices.escalated → Watch; States.ALL as $.notices.escalated → Watch',
  ],
  ['Watch', 'waits $.plan.nextCheckSeconds → Assess the situation'],
  [
    'Take the snapshot',
    'take-snapshot(document ← $) as $.snapshot → Tell people the plan; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Tell people the plan',
    'notify(kind: planned, document ← $) as $.notices.planned → Do the pools come first?; States.ALL as $.notices.planned → Do the pools come first?',
  ],
  [
    'Do the pools come first?',
    '$.plan.pools IsPresent true → Raise the pools for the tasks; else → Raise the ceiling',
  ],
  [
    'Raise the pools for the tasks',
    'tune-pools(mode: raise, document ← $) as $.change.pools → Raise the ceiling; States.ALL as $.unread → Raise the ceiling',
  ],
  [
    'Raise the ceiling',
    'register-target(mode: raise, document ← $) as $.change.bounds → Set the desired count; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Set the desired count',
    'scale-out(document ← $) as $.change.desired → Make autoscaling more aggressive; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Make autoscaling more aggressive',
    'put-policy(mode: raise, document ← $) as $.change.cpuPolicy → Tell people that it scaled; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Tell people that it scaled',
    'notify(kind: scaled, document ← $) as $.notices.scaled → Wait for the tasks; States.ALL as $.notices.scaled → Wait for the tasks',
  ],
  ['Wait for the tasks', 'waits $.plan.nextCheckSeconds → Verify the scaling'],
  [
    'Verify the scaling',
    'wait-verify(goal: recovered, document ← $) as $.verification → Has it recovered?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Has it recovered?',
    '$.verification.state StringEquals reached → Record the recovery; $.verification.state StringEquals waiting → Wait for the tasks; $.verification.state StringEquals more → Assess the situation; else → Roll back',
  ],
  [
    'Record the recovery',
    'close-incident(outcome: recovered, document ← $) as $.outcome → Is it scaled out?; States.ALL as $.unrecorded → Is it scaled out?',
  ],
  [
    'Is it scaled out?',
    '$.outcome.goesOn IsPresent true → Assess the situation; $.plan.action StringEquals scale-out → Tell people that it recovered; $.incident.snapshotStored BooleanEquals true → Start scale-in; $.snapshot IsPresent true → Start scale-in; else → Nothing needed',
  ],
  ['Nothing needed', 'succeed'],
  [
    'Tell people that it recovered',
    'notify(kind: verified, document ← $) as $.notices.verified → Start scale-in; States.ALL as $.notices.verified → Start scale-in',
  ],
  [
    'Start scale-in',
    "startExecution(StateMachineArn: arn:aws:states:ap-southeast-1:123456789012:stateMachine:scale-in, Name ← States.Format('{}-{}-in', $.incident.id, $.incident.lockNumber), Input: { environment ← $.request.environment, service ← $.request.service, requestedBy ← $.request.requestedBy, startedBy ← $$.Execution.Id, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID ← $$.Execution.Id }) as $.scaleIn → Recovered; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held",
  ],
  ['Recovered', 'succeed'],
  [
    'Say why no task is added',
    'pass(goal: recovered, state: failed, since ← $.assessment.at, mention: false, nextCheckSeconds: 15, reasons ← $.plan.reasons) as $.verification → Roll back',
  ],
  [
    'Roll back',
    "startExecution.sync:2(StateMachineArn: arn:aws:states:ap-southeast-1:123456789012:stateMachine:rollback, Name ← States.Format('{}-{}-rb', $.incident.id, $.incident.lockNumber), Input: { environment ← $.request.environment, service ← $.request.service, requestedBy ← $.request.requestedBy, because ← $.verification.reasons, startedBy ← $$.Execution.Id, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID ← $$.Execution.Id }) as $.rollback → Rolled back; States.ALL as $.failure → Did the rollback say why?",
  ],
  [
    'Did the rollback say why?',
    '$.failure.Cause StringMatches *"Error":"Superseded"* → Superseded; $.failure.Error StringEquals States.TaskFailed → Say why it was not rolled back; else → Record that the run is held',
  ],
  [
    'Say why it was not rolled back',
    "pass(summary ← States.Format('Not rolled back: {}', $.verification.reasons[0].text)) as $.outcome → Held",
  ],
  ['Rolled back', 'fail'],
  [
    'Escalate',
    'notify(kind: escalated, document ← $) as $.notices.escalated → Record that the run is held; States.ALL as $.notices.escalated → Record that the run is held',
  ],
  ...held,
  ...withoutRun,
];
