import { held, withoutRun } from './endings.ts';
import type { Step } from './text.ts';

/** What each step of redis-emergency takes and gives, and what comes then. */
export const redisEmergency: Step[] = [
  ['', 'starts at Understand the request, ends after 604800 s'],
  [
    'Understand the request',
    'intake(machine: redis-emergency, input ← $, execution: { arn ← $$.Execution.Id, name ← $$.Execution.Name, startedAt ← $$.Execution.StartTime }) ResultSelector request ← $ as $ → Open the incident; States.ALL as $ → Bad request',
  ],
  [
    'Open the incident',
    'open-incident(document ← $) as $.incident → May this run act?; States.ALL as $.failure → Report that no run could start',
  ],
  [
    'May this run act?',
    '$.incident.status StringEquals busy → Say why it may not act; else → Check the cache',
  ],
  [
    'Say why it may not act',
    'pass(Error: NotStarted, Cause ← $.incident.reasons[0].text) as $.failure → Report that no run could start',
  ],
  [
    'Check the cache',
    'check-redis(document ← $) as $.cache → Assess the situation; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Assess the situation',
    'assess(document ← $) as $.assessment → Plan the relief; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Plan the relief',
    'relieve-redis(mode: plan, document ← $) as $.cachePlan → What does the cache need?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'What does the cache need?',
    '$.request.dryRun BooleanEquals true → Planned; $.cachePlan.action StringEquals relieve → Tell people that approval is asked for; $.cachePlan.action StringEquals relieved → Record that it is relieved; $.cachePlan.action StringEquals none → Record that nothing was needed; else → Record that the run is held',
  ],
  ['Planned', 'succeed'],
  [
    'Tell people that approval is asked for',
    'notify(kind: waiting-for-approval, document ← $) as $.notices.waiting_for_approval → Look after the request; States.ALL as $.notices.waiting_for_approval → Look after the request',
  ],
  [
    'Look after the request',
    "startExecution(StateMachineArn: arn:aws:states:ap-southeast-1:123456789012:stateMachine:approval-reminder, Name ← States.Format('{}-{}-ask-{}', $.incident.id, $.incident.lockNumber, $.cachePlan.round), Input: { approvalId ← States.Format('{}-{}-{}', $.incident.id, $.incident.lockNumber, $.cachePlan.round), document ← $, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID ← $$.Execution.Id }) as $.reminder → Ask for approval; States.ALL as $.reminder → Ask for approval",
  ],
  [
    'Ask for approval',
    "request-approval(FunctionName: arn:aws:lambda:ap-southeast-1:123456789012:function:emergency-scaling-request-approval, Payload: { taskToken ← $$.Task.Token, approvalId ← States.Format('{}-{}-{}', $.incident.id, $.incident.lockNumber, $.cachePlan.round), document ← $ }) as $.approval → What was approved?; ApprovalRejectedError as $.failure → Record the rejection; LockLostError as $.failure → Superseded; States.Timeout, States.HeartbeatTimeout as $.failure → Record the expiry; States.ALL as $.failure → Record that the run is held",
  ],
  [
    'What was approved?',
    '$.cachePlan.relief.code StringEquals policy → Let it evict; $.cachePlan.relief.code StringEquals unlink → Remove keys; $.cachePlan.relief.code StringEquals flush → Flush the cache; else → Give the policy back',
  ],
  [
    'Let it evict',
    'relieve-redis(mode: policy, document ← $) as $.change.cache → What follows?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Remove keys',
    'relieve-redis(mode: unlink, document ← $) as $.change.cache → What follows?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Flush the cache',
    'relieve-redis(mode: flush, document ← $) as $.change.cache → What follows?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Give the policy back',
    'relieve-redis(mode: restore, document ← $) as $.change.cache → What follows?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'What follows?',
    '$.change.cache.next StringEquals verify → Wait for the cache; $.change.cache.next StringEquals go-on → Remove keys; $.change.cache.next StringEquals wait → Wait for the database; else → Record that the run is held',
  ],
  ['Wait for the database', 'waits 60 → Remove keys'],
  ['Wait for the cache', 'waits 5 → Check the cache'],
  [
    'Record that it is relieved',
    'close-incident(outcome: relieved, document ← $) as $.outcome → Tell people that it is relieved; States.ALL as $.unrecorded → Tell people that it is relieved',
  ],
  [
    'Tell people that it is relieved',
    'notify(kind: relieved, document ← $) as $.notices.relieved → Relieved; States.ALL as $.notices.relieved → Relieved',
  ],
  ['Relieved', 'succeed'],
  [
    'Record that nothing was needed',
    'close-incident(outcome: ignored, document ← $) as $.outcome → Nothing needed; States.ALL as $.unrecorded → Nothing needed',
  ],
  ['Nothing needed', 'succeed'],
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
