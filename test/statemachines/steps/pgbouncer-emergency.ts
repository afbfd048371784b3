import { held, withoutRun } from './endings.ts';
import { raising } from './pools.ts';
import type { Step } from './text.ts';

/** What each step of pgbouncer-emergency takes and gives, and what comes then. */
export const pgbouncerEmergency: Step[] = [
  ['', 'starts at Understand the request, ends after 1800 s'],
  [
    'Understand the request',
    'intake(machine: pgbouncer-emergency, input ← $, execution: { arn ← $$.Execution.Id, name ← $$.Execution.Name, startedAt ← $$.Execution.StartTime }) ResultSelector request ← $ as $ → Open the incident; States.ALL as $ → Bad request',
  ],
  [
    'Open the incident',
    'open-incident(document ← $) as $.incident → May this run act?; States.ALL as $.failure → Report that no run could start',
  ],
  [
    'May this run act?',
    '$.incident.status StringEquals busy → Say why it may not act; $.incident.superseded IsPresent true → Withdraw the approval request; else → Assess the situation',
  ],
  [
    'Say why it may not act',
    'pass(Error: NotStarted, Cause ← $.incident.reasons[0].text) as $.failure → Report that no run could start',
  ],
  [
    'Withdraw the approval request',
    'approval(withdraw ← $.incident.id) as $.withdrawal → Assess the situation; States.ALL as $.withdrawal → Assess the situation',
  ],
  ['Wait for its turn', 'waits $.request.admissionDelaySeconds → Assess the situation'],
  [
    'Assess the situation',
    'assess(document ← $) as $.assessment → Read the pools; ThrottledError as $.throttled → Wait for its turn; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Read the pools',
    'read-pools(mode: look, document ← $) as $.pools → What do they say?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'What do they say?',
    '$.request.dryRun BooleanEquals true → Planned; $.pools.raises IsPresent true → Take the snapshot; else → Do people know of the pools?',
  ],
  ['Planned', 'succeed'],
  [
    'Take the snapshot',
    'take-snapshot(document ← $) as $.snapshot → Raise the pools; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  ...raising,
  [
    'Do people know of the pools?',
    '($.change.pools IsPresent false and $.pools.findings[0].code IsPresent true and $.pools.findings[0].code StringEquals ok) → Record the relief; else → Tell people what the pools say',
  ],
  [
    'Tell people what the pools say',
    'notify(kind: escalated, document ← $) as $.notices.escalated → Record what is wrong; States.ALL as $.notices.escalated → Record that the run is held',
  ],
  [
    'Tell people that it has not helped',
    'notify(kind: escalated, document ← $) as $.notices.escalated → Record what is wrong; States.ALL as $.notices.escalated → Record that the run is held',
  ],
  [
    'Record what is wrong',
    'close-incident(outcome: held, document ← $) as $.outcome → Is anything to be given back?; States.ALL as $.unrecorded → Is anything to be given back?',
  ],
  [
    'Tell people that the pools are raised',
    'notify(kind: pools-raised, document ← $) as $.notices.pools_raised → Record the relief; States.ALL as $.notices.pools_raised → Record the relief',
  ],
  [
    'Record the relief',
    'close-incident(outcome: relieved, document ← $) as $.outcome → Is anything to be given back?; States.ALL as $.unrecorded → Is anything to be given back?',
  ],
  [
    'Is anything to be given back?',
    '$.incident.snapshotStored BooleanEquals true → Start scale-in; $.snapshot IsPresent true → Start scale-in; else → How has it ended?',
  ],
  [
    'Start scale-in',
    "startExecution(StateMachineArn: arn:aws:states:ap-southeast-1:123456789012:stateMachine:scale-in, Name ← States.Format('{}-{}-in', $.incident.id, $.incident.lockNumber), Input: { environment ← $.request.environment, service ← $.request.service, requestedBy ← $.request.requestedBy, startedBy ← $$.Execution.Id, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID ← $$.Execution.Id }) as $.scaleIn → How has it ended?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held",
  ],
  [
    'How has it ended?',
    '($.change.pools IsPresent true and $.change.pools.mode StringEquals raise and $.change.pools.changed BooleanEquals true) → Raised; ($.change.pools IsPresent false and $.pools.findings[0].code IsPresent true and $.pools.findings[0].code StringEquals ok) → Nothing to raise; else → Is the reason recorded?',
  ],
  ['Raised', 'succeed'],
  ['Nothing to raise', 'succeed'],
  ...held,
  ...withoutRun,
];
