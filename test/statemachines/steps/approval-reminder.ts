import type { Step } from './text.ts';

/** What each step of approval-reminder takes and gives, and what comes then. */
export const approvalReminder: Step[] = [
  ['', 'starts at Give the request time, ends after 604800 s'],
  ['Give the request time', 'waits 60 → Look at the request'],
  [
    'Look at the request',
    'remind-approvers(approvalId ← $.approvalId, startedAt ← $$.Execution.StartTime) as $.look → What does it need?; States.ALL as $.failure → Give the request time',
  ],
  [
    'What does it need?',
    '$.look.due StringEquals done → Settled; $.look.due StringEquals deliver → Hand the decision over again; $.document.cachePlan IsPresent true → Wait until the next look; else → Assess the situation',
  ],
  [
    'Hand the decision over again',
    'approval(redeliver ← $.approvalId) as $.delivery → Wait until the next look; States.ALL as $.failure → Wait until the next look',
  ],
  [
    'Assess the situation',
    'assess(document ← $.document) as $.document.assessment → Plan the way back; States.ALL as $.failure → Wait until the next look',
  ],
  [
    'Plan the way back',
    'plan(direction: in, document ← $.document) as $.plan → Is there anything left to approve?; States.ALL as $.failure → Wait until the next look',
  ],
  [
    'Is there anything left to approve?',
    '$.plan.action StringEquals restored → Withdraw the request; else → Wait until the next look',
  ],
  [
    'Withdraw the request',
    'approval(withdraw ← $.document.incident.id, because: restored) as $.withdrawal → Wait until the next look; States.ALL as $.failure → Wait until the next look',
  ],
  ['Wait until the next look', 'waits $.look.nextCheckSeconds → Look at the request'],
  ['Settled', 'succeed'],
];
