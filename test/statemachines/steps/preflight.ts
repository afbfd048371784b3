import type { Step } from './text.ts';

/** What each step of preflight takes and gives, and what comes then. */
export const preflight: Step[] = [
  ['', 'starts at Say what to try, ends after 7200 s'],
  [
    'Say what to try',
    'preflight(begin ← $, execution ← $$.Execution.Id) as $ → Try every function; States.ALL as $ → Bad request',
  ],
  [
    'Try every function',
    'map($.shares) as $.tables → Draw the conclusion; States.ALL as $.failure → Tell people that nothing is proved',
  ],
  ['Try every function / ', 'starts at Compare the settings'],
  [
    'Try every function / Compare the settings',
    'preflight(preflight ← $.ask) as $.collected.tried.preflight → Try intake; States.ALL as $.collected.failed.preflight → Try intake',
  ],
  [
    'Try every function / Try intake',
    'intake(preflight ← $.ask) as $.collected.tried.intake → Try open-incident; States.ALL as $.collected.failed.intake → Try open-incident',
  ],
  [
    'Try every function / Try open-incident',
    'open-incident(preflight ← $.ask) as $.collected.tried.open_incident → Try assess; States.ALL as $.collected.failed.open_incident → Try assess',
  ],
  [
    'Try every function / Try assess',
    'assess(preflight ← $.ask) as $.collected.tried.assess → Try plan; States.ALL as $.collected.failed.assess → Try plan',
  ],
  [
    'Try every function / Try plan',
    'plan(preflight ← $.ask) as $.collected.tried.plan → Try take-snapshot; States.ALL as $.collected.failed.plan → Try take-snapshot',
  ],
  [
    'Try every function / Try take-snapshot',
    'take-snapshot(preflight ← $.ask) as $.collected.tried.take_snapshot → Try register-target; States.ALL as $.collected.failed.take_snapshot → Try register-target',
  ],
  [
    'Try every function / Try register-target',
    'register-target(preflight ← $.ask) as $.collected.tried.register_target → Try scale-out; States.ALL as $.collected.failed.register_target → Try scale-out',
  ],
  [
    'Try every function / Try scale-out',
    'scale-out(preflight ← $.ask) as $.collected.tried.scale_out → Try put-policy; States.ALL as $.collected.failed.scale_out → Try put-policy',
  ],
  [
    'Try every function / Try put-policy',
    'put-policy(preflight ← $.ask) as $.collected.tried.put_policy → Try wait-verify; States.ALL as $.collected.failed.put_policy → Try wait-verify',
  ],
  [
    'Try every function / Try wait-verify',
    'wait-verify(preflight ← $.ask) as $.collected.tried.wait_verify → Try request-approval; States.ALL as $.collected.failed.wait_verify → Try request-approval',
  ],
  [
    'Try every function / Try request-approval',
    'request-approval(preflight ← $.ask) as $.collected.tried.request_approval → Try remind-approvers; States.ALL as $.collected.failed.request_approval → Try remind-approvers',
  ],
  [
    'Try every function / Try remind-approvers',
    'remind-approvers(preflight ← $.ask) as $.collected.tried.remind_approvers → Try approval; States.ALL as $.collected.failed.remind_approvers → Try approval',
  ],
  [
    'Try every function / Try approval',
    'approval(preflight ← $.ask) as $.collected.tried.approval → Answer a task token; States.ALL as $.collected.failed.approval → Answer a task token',
  ],
  [
    'Try every function / Answer a task token',
    'approval(FunctionName: arn:aws:lambda:ap-southeast-1:123456789012:function:emergency-scaling-approval, Payload: { preflight: { services: { [] }, execution ← $.ask.execution, once: false, writes: false, testMail: false, testNotice: false, testRun: false, taskToken ← $$.Task.Token } }) as $.collected.token → Try alert-webhook; States.ALL as $.collected.failed.token → Try alert-webhook',
  ],
  [
    'Try every function / Try alert-webhook',
    'alert-webhook(preflight ← $.ask) as $.collected.tried.alert_webhook → Try scale-in; States.ALL as $.collected.failed.alert_webhook → Try scale-in',
  ],
  [
    'Try every function / Try scale-in',
    'scale-in(preflight ← $.ask) as $.collected.tried.scale_in → Try rollback; States.ALL as $.collected.failed.scale_in → Try rollback',
  ],
  [
    'Try every function / Try rollback',
    'rollback(preflight ← $.ask) as $.collected.tried.rollback → Try read-pools; States.ALL as $.collected.failed.rollback → Try read-pools',
  ],
  [
    'Try every function / Try read-pools',
    'read-pools(preflight ← $.ask) as $.collected.tried.read_pools → Try tune-pools; States.ALL as $.collected.failed.read_pools → Try tune-pools',
  ],
  [
    'Try every function / Try tune-pools',
    'tune-pools(preflight ← $.ask) as $.collected.tried.tune_pools → Try check-redis; States.ALL as $.collected.failed.tune_pools → Try check-redis',
  ],
  [
    'Try every function / Try check-redis',
    'check-redis(preflight ← $.ask) as $.collected.tried.check_redis → Try relieve-redis; States.ALL as $.collected.failed.check_redis → Try relieve-redis',
  ],
  [
    'Try every function / Try relieve-redis',
    'relieve-redis(preflight ← $.ask) as $.collected.tried.relieve_redis → Try read-autoscaling; States.ALL as $.collected.failed.relieve_redis → Try read-autoscaling',
  ],
  [
    'Try every function / Try read-autoscaling',
    'read-autoscaling(preflight ← $.ask) as $.collected.tried.read_autoscaling → Try put-autoscaling; States.ALL as $.collected.failed.read_autoscaling → Try put-autoscaling',
  ],
  [
    'Try every function / Try put-autoscaling',
    'put-autoscaling(preflight ← $.ask) as $.collected.tried.put_autoscaling → Try notify; States.ALL as $.collected.failed.put_autoscaling → Try notify',
  ],
  [
    'Try every function / Try notify',
    'notify(preflight ← $.ask) as $.collected.tried.notify → Try close-incident; States.ALL as $.collected.failed.notify → Try close-incident',
  ],
  [
    'Try every function / Try close-incident',
    'close-incident(preflight ← $.ask) as $.collected.tried.close_incident → Try watch-executions; States.ALL as $.collected.failed.close_incident → Try watch-executions',
  ],
  [
    'Try every function / Try watch-executions',
    'watch-executions(preflight ← $.ask) as $.collected.tried.watch_executions → Make the table; States.ALL as $.collected.failed.watch_executions → Make the table',
  ],
  [
    'Try every function / Make the table',
    'preflight(ask ← $.ask, collected ← $.collected) as $ → These are tried; States.ALL as $.failure → No table',
  ],
  ['Try every function / These are tried', 'succeed'],
  ['Try every function / No table', 'fail'],
  [
    'Draw the conclusion',
    'preflight(tables ← $.tables, execution ← $$.Execution.Id) as $.report → Is everything ready?; States.ALL as $.failure → Tell people that nothing is proved',
  ],
  ['Is everything ready?', '$.report.ready BooleanEquals true → Ready; else → Tell people what is missing'],
  ['Ready', 'succeed'],
  [
    'Tell people what is missing',
    'notify(report ← $.report) as $.notices.preflight → Not ready; States.ALL as $.notices.preflight → Not ready',
  ],
  ['Not ready', 'fail'],
  [
    'Tell people that nothing is proved',
    'notify(unproved ← $.failure, execution ← $$.Execution.Id) as $.notices.preflight → Nothing is proved; States.ALL as $.notices.preflight → Nothing is proved',
  ],
  ['Nothing is proved', 'fail'],
  ['Bad request', 'fail'],
];
