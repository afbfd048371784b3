import type { Area } from './mutant.ts';

/** Faults of which a first measurement, in November 2026, found that no test saw them. Each is planted every time. */
const rule = 'Emergencyscalingproductionwatchexecutionsrule1EventBridgeRule.Properties.EventPattern.detail';

export const planted: Record<Area, Record<string, string>> = {
  template: {
    'BuywhereDashapiAlarmRule.Properties.Targets.0.RoleArn refers to another': 'no alarm starts a run',
    'ScaleDashoutLambdaFunction.Properties.Environment.Variables.SWITCH_PARAMETER refers to another':
      'every write fails at the kill switch',
    'RequestDashapprovalLambdaFunction.Properties.Environment.Variables.TABLE_NAME refers to another':
      'no approval can be asked for',
    'HttpApiRouteAnyApprovalsHandleVar.Properties.RouteKey value changed': 'every mailed link leads nowhere',
    'NoticesPolicy.Properties.PolicyDocument.Statement.0.Principal.Service value changed':
      'all alarms on the product are mute',
    'NoticesPolicy.Properties.PolicyDocument.Statement.0.Condition left out': 'anybody’s alarm may publish',
    'BuywhereDashapiHurtingAlarm.Properties.AlarmRule.Fn::Sub value changed':
      'nobody hears that users notice something',
    [`${rule}.status.2 left out`]: 'a run that a person stopped tells nobody',
    [`${rule}.stateMachineArn.3 left out`]: 'an ended configure-autoscaling tells nobody',
    [`${rule}.stateMachineArn.4 left out`]: 'an ended pgbouncer-emergency tells nobody',
    'RunsTimedOutAlarm is left out': 'runs that time out alarm nobody',
    'WatcherSilentAlarm is left out': 'a watcher that never runs alarms nobody',
    'WatcherErrorsAlarm.Properties.MetricName value changed': 'an alarm on the product watches no metric',
    'WatcherErrorsAlarm.Properties.Namespace value changed': 'the same, by namespace',
    'WatcherErrorsAlarm.Properties.Dimensions.0.Name value changed': 'the same, by dimension',
    'WatcherErrorsAlarm.Properties.Threshold value changed': 'the first error alarms nobody',
    'HttpErrorsAlarm.Properties.Dimensions.0.Value refers to another': 'an alarm watches another API',
    'ApprovalLambdaFunction.Properties.Timeout value changed':
      'the page has another time than its caller waits',
    'BuywhereDashapiAlarmRule.Properties.Targets.0.RetryPolicy.MaximumRetryAttempts value changed':
      'one hiccup of EventBridge loses a run',
    'StatesLog is left out': 'the machines have no log',
  },
  roles: {
    'AlarmRuleRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal.Service trusts another':
      'no alarm starts a run',
    'AlarmRuleRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition condition dropped':
      'rules of others may start runs',
    'deploying-role: CommandPolicy.Properties.PolicyDocument.Statement.1.Action.1 cloudformation:ListExports removed':
      'a deployment is refused',
    'deploying-role: RightsPolicy.Properties.PolicyDocument.Statement.0.Condition condition dropped':
      'roles may be changed by hand',
    'deploying-role: RightsPolicy.Properties.PolicyDocument.Statement.1.Resource resource widened':
      'any role may be made',
    'AlertWebhookRole.Properties.ManagedPolicyArns.0 left out': 'the webhook writes no traces',
    'ScaleInRole.Properties.ManagedPolicyArns.0 left out': 'scale-in writes no traces',
  },
  machines: {
    'rollback.yml: Start scale-in.Parameters.Input.startedBy.$ parameter dropped':
      'no scale-in after a rollback',
    'emergency-scaling.yml: Is it scaled out?.Choices.3 choice removed': 'what was raised stays raised',
    'shared/ends.yml: hold.0 Catch removed (one)': 'an overtaken run pages people as held',
    'scale-in.yml: Record the expiry.Parameters.outcome literal changed': 'the record says another end',
    'emergency-scaling.yml: Assess the situation.Catch.0.ResultPath ResultPath changed':
      'nobody paces himself in a storm',
    'rollback.yml: Wait for the rollback.Seconds time-out changed (more)': 'a rollback is seen late',
    'emergency-scaling.yml: Roll back.Parameters.Input.requestedBy.$ parameter dropped':
      'notices name the wrong person',
    'configure-autoscaling.yml: Tell people what has changed.TimeoutSeconds time-out changed (less)':
      'a cold start fails the notice',
    'rollback.yml: Start scale-in.TimeoutSeconds time-out changed (less)': 'a slow start holds the run',
    'shared/retries.yml: lambda.0.ErrorEquals.3 Retry weakened (without Lambda.SdkClientException)':
      'a fault of Lambda ends a run',
    'scale-in.yml: Not started.CausePath CausePath removed': 'the console shows no cause',
    'rollback.yml: Hold and say why.Parameters.goal literal changed': 'the report names another goal',
    'emergency-scaling.yml: Record the recovery.ResultPath ResultPath changed': 'the output has no outcome',
    'emergency-scaling.yml: Rolled back.Type end changed': 'a rollback shows as success',
    'scale-in.yml: Stopped to scale out again.Type end changed': 'a stopped scale-in shows as success',
    'shared/ends.yml: Held.Type end changed': 'a held run shows as success',
    'scale-in.yml: Rejected.Type end changed': 'a rejected scale-in shows as success',
  },
  functions: {
    'functions/doors/watch-executions.ts: await sendLate(context): await removed': 'kept notices are lost',
    'functions/doors/watch-executions.ts: await claimMention(watched, periods, claimant, context.config, context.store): await removed':
      'two looks at once both remind',
    'functions/remind-approvers.ts: await markApproval(request.id, { escalated: true }, context.store): await removed':
      'a request escalates again and again',
    'functions/doors/watch-executions.ts: services.find(({ record }) => record?.owner === executionArn) ??: EqualityOperator → record?.owner !== executionArn':
      'the end of a run names another service',
    'functions/doors/watch-executions.ts: services.find(({ record }) => record?.owner === executionArn) ??: ConditionalExpression → false':
      'the end of a run names no service',
    'functions/put-autoscaling.ts: if (to.max > ceiling) throw new GuardError(`max ${to.max} is above the ceiling of ${ceiling}`);: ConditionalExpression → false':
      'max may pass the ceiling',
    'functions/plan.ts: nextCheckSeconds: Math.max(made.nextCheckSeconds, seldom),: MethodExpression → Math.min(made.nextCheckSeconds, seldom)':
      'a run does not pace itself in a storm',
    'functions/scale-in.ts: if (tasksNeeded === undefined): ConditionalExpression → false':
      'it scales in though nobody knows what is needed',
  },
};
