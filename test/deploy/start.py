"""Starts MiniStack with what its version lacks of AWS for this project, without a change of its source.

Each supplement is a row of gaps.ts, with the AWS document that decides. It ends when its standard input ends, so that
nothing runs on when the test that started it is gone.
"""

import json
import os
import signal
import sys
import threading
import time

import rights
from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, router
from ministack.services import cloudwatch, eventbridge, lambda_svc, stepfunctions
from ministack.services.cloudformation import provisioners


def composite_alarm(logical_id, properties, stack_name):
    name = properties["AlarmName"]
    status, _, body = cloudwatch._put_composite_alarm({}, properties, False, True)
    if status >= 400:
        raise ValueError(f"{name}: {body}")
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def composite_alarm_deleted(name, properties):
    cloudwatch._composite_alarms.pop(name, None)


def alarm_record(name, properties):
    """An alarm on metric math is kept, and never evaluated."""
    if not properties.get("Metrics"):
        return plain_alarm_record(name, properties)
    record = plain_alarm_record(name, {**properties, "Metrics": None, "MetricName": "-", "Namespace": "-"})
    return {**record, "MetricName": None, "Namespace": None, "Metrics": properties["Metrics"]}


def evaluate(alarm):
    """M out of N of the last whole periods of the metric with exactly the alarm's dimensions."""
    if not alarm.get("MetricName"):
        return
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm["Dimensions"]))
    points = cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], dimensions)) or []
    periods = alarm["EvaluationPeriods"]
    end = time.time() // alarm["Period"] * alarm["Period"]
    breaching = sum(is_breaching(alarm, points, end - number * alarm["Period"]) for number in range(1, periods + 1))
    state = "ALARM" if breaching >= alarm.get("DatapointsToAlarm", periods) else "OK"
    before = alarm["StateValue"]
    if state == before:
        return
    reason = f"{breaching} out of the last {periods} datapoints: {alarm['ComparisonOperator']} {alarm['Threshold']}"
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def is_breaching(alarm, points, start):
    inside = [point for point in points if start <= point["Timestamp"] < start + alarm["Period"]]
    if not inside:
        return alarm.get("TreatMissingData") == "breaching"
    statistic = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    value = cloudwatch._stat_value(cloudwatch._calc_stats(inside), statistic, inside)
    if alarm["ComparisonOperator"] == "GreaterThanThreshold":
        return value > alarm["Threshold"]
    if alarm["ComparisonOperator"] == "LessThanThreshold":
        return value < alarm["Threshold"]
    raise ValueError(f"{alarm['AlarmName']}: {alarm['ComparisonOperator']} is not supplied")


def record_history(name, before, state, reason, *rest):
    """A change of state is an event."""
    plain_record_history(name, before, state, reason, *rest)
    alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    if before == state or not alarm:
        return
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime())
    detail = {
        "alarmName": name,
        "state": {"value": state, "reason": reason, "timestamp": at},
        "previousState": {"value": before},
        "configuration": {"description": alarm.get("AlarmDescription", "")},
    }
    entry = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(detail),
        "Resources": [alarm["AlarmArn"]],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


# What belongs to the call that a thread is making: the name of a function's error, and the token that waits for it.
calling = threading.local()


def invoke(worker, *arguments, **named):
    result = plain_invoke(worker, *arguments, **named)
    calling.error = result.get("errorType") if result.get("status") == "error" else None
    return result


def execute(record, event):
    calling.error = None
    result = plain_execute(record, event)
    name = calling.error
    if result.get("error") and name and isinstance(result.get("body"), dict):
        result = {**result, "body": {**result["body"], "errorType": name}}
    return result


def invoke_with_callback(resource, payload, token, state):
    calling.token = token
    try:
        return plain_invoke_with_callback(resource, payload, token, state)
    finally:
        calling.token = None


def execute_task(state, raw_input, execution, context):
    """What a state does is done with its machine's role, and its time-out may stand in its input."""
    machine = stepfunctions._state_machines[execution["stateMachineArn"]]
    taken = rights.acting.set(machine["roleArn"])
    path = state.get("TimeoutSecondsPath")
    if path:
        seconds = stepfunctions._resolve_path(path, raw_input) * stepfunctions._SFN_WAIT_SCALE
        state = {**state, "TimeoutSeconds": seconds}
    try:
        return plain_execute_task(state, raw_input, execution, context)
    finally:
        rights.acting.reset(taken)


def require(action, resource):
    role = rights.acting.get()
    if role and not rights.ask_role(role, action, resource):
        cause = f"User: {role} is not authorized to perform: {action} on resource: {resource}"
        raise stepfunctions._ExecutionError("AccessDeniedException", cause)


def start_nested(resource, request):
    require("states:StartExecution", request["StateMachineArn"])
    return plain_start_nested(resource, request)


def start_nested_sync(resource, request):
    require("states:StartExecution", request["StateMachineArn"])
    return plain_start_nested_sync(resource, request)


def invoke_target(target, *arguments, **named):
    """A rule starts a machine with its target's role."""
    if ":stateMachine:" in target["Arn"] and not rights.ask_role(
        target["RoleArn"], "states:StartExecution", target["Arn"]
    ):
        return None
    return plain_invoke_target(target, *arguments, **named)


def call_lambda(function, event):
    """A function that fails fails the state that waits for its token."""
    require("lambda:InvokeFunction", function)
    try:
        return plain_call_lambda(function, event)
    except stepfunctions._ExecutionError as failure:
        waiting = stepfunctions._task_tokens.get(getattr(calling, "token", None) or "")
        if waiting:
            waiting["error"] = {"Error": failure.error, "Cause": failure.cause}
            waiting["event"].set()
        raise


def replaced(module, name, own):
    """Puts a supplement in the place of what MiniStack has under a name, which a newer version may have no more."""
    present = getattr(module, name)
    setattr(module, name, own)
    return present


def named_errors(script):
    """The program that runs a function's code tells an error's name as well."""
    untold = 'status: "error", error: String(err.message || err),'
    if script.count(untold) != 1:
        raise ValueError("MiniStack's program for Node functions is another one than that which is supplemented")
    return script.replace(untold, f"{untold} errorType: err.name,")


async def scaling_is_elsewhere(method, path, headers, body, query_params):
    """Application Auto Scaling is moto's: the proxy asks here whether the caller may, and then there."""
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, b"{}"


def unverified(access_key_id, account_id):
    """Whose key it is counts; the signature does not, because the proxy has changed the host that was signed."""
    return None


def end_with_input():
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
    "create": composite_alarm,
    "delete": composite_alarm_deleted,
}
plain_alarm_record = replaced(provisioners, "_cw_metric_alarm_record", alarm_record)
replaced(cloudwatch, "_evaluate_alarm", evaluate)
plain_record_history = replaced(cloudwatch, "_record_history", record_history)
replaced(lambda_runtime, "_NODEJS_WORKER_SCRIPT", named_errors(lambda_runtime._NODEJS_WORKER_SCRIPT))
plain_invoke = replaced(lambda_runtime.Worker, "invoke", invoke)
plain_execute = replaced(lambda_svc, "_execute_function_with_config_scope", execute)
plain_invoke_with_callback = replaced(stepfunctions, "_invoke_with_callback", invoke_with_callback)
plain_call_lambda = replaced(stepfunctions, "_call_lambda", call_lambda)

plain_execute_task = replaced(stepfunctions, "_execute_task", execute_task)
plain_start_nested = replaced(stepfunctions, "_invoke_nested_start_execution", start_nested)
plain_start_nested_sync = replaced(stepfunctions, "_invoke_nested_start_execution_sync", start_nested_sync)
plain_invoke_target = replaced(eventbridge, "_invoke_target", invoke_target)
replaced(iam_evaluator, "enforce", rights.enforce)
replaced(iam_evaluator, "authenticate", unverified)
router.SERVICE_PATTERNS["application-autoscaling"] = {"target_prefixes": ["AnyScaleFrontendService"]}
iam_actions.SERVICE_TO_IAM_NAMESPACE["application-autoscaling"] = "application-autoscaling"
app.SERVICE_HANDLERS["application-autoscaling"] = scaling_is_elsewhere

threading.Thread(target=end_with_input, daemon=True).start()
app.main()
