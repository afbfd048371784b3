"""Asks the deployed roles about each call, by MiniStack's own evaluation of policies.

MiniStack asks a function's role about a call's cluster where AWS asks about its service, names no keys of records, senders
or scalable targets, and does not ask the roles of state machines. What is asked here stands in AWS's Service
Authorization Reference: https://docs.aws.amazon.com/service-authorization/latest/reference/
Each answer is one line of the log: RIGHTS, then JSON with role, action, resource, context and what was decided.
"""

import contextvars
import json
import re
import urllib.parse

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import sts

# The role of the state machine whose state is being run.
acting = contextvars.ContextVar("acting", default=None)

SERVICES = {"UpdateService": ["service"], "ListServiceDeployments": ["service"], "DescribeServices": ["services"]}
PARTS = {
    "DescribeServiceDeployments": "serviceDeploymentArns",
    "StopServiceDeployment": "serviceDeploymentArn",
    "ContinueServiceDeployment": "serviceDeploymentArn",
    "DescribeServiceRevisions": "serviceRevisionArns",
}
OF_SCALING = ["RegisterScalableTarget", "PutScalingPolicy", "DeleteScalingPolicy"]


def arn(service, resource):
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def listed(value):
    return value if isinstance(value, list) else [value] if value else []


def ecs(action, body):
    cluster = body.get("cluster", "").split("/")[-1]
    if action in SERVICES:
        names = [name for key in SERVICES[action] for name in listed(body.get(key))]
        return [(arn("ecs", f"service/{cluster}/{name.split('/')[-1]}"), {}) for name in names]
    if action in PARTS:
        parts = listed(body.get(PARTS[action]))
        services = [re.sub(r":service-(deployment|revision)/(.*)/\w+$", r":service/\2", part) for part in parts]
        return [(resource, {}) for resource in parts + services]
    if action == "DescribeTasks":
        tasks = [task if task.startswith("arn:") else arn("ecs", f"task/{cluster}/{task}") for task in body["tasks"]]
        return [(task, {}) for task in tasks]
    return [("*", {"ecs:cluster": arn("ecs", f"cluster/{cluster}")} if action == "ListTasks" else {})]


def scaling(action, body):
    if action not in OF_SCALING:
        return [("*", {})]
    prefix = "application-autoscaling"
    context = {
        f"{prefix}:service-namespace": body["ServiceNamespace"],
        f"{prefix}:scalable-dimension": body["ScalableDimension"],
    }
    return [(arn(prefix, "scalable-target/0ec54c0b"), context)]


def implied(action, body):
    """What Application Auto Scaling does with the rights of its caller."""
    if action not in OF_SCALING:
        return []
    service = arn("ecs", body["ResourceId"])
    asks = [(f"ecs:{name}", service, {}) for name in ("DescribeServices", "UpdateService")]
    if action == "RegisterScalableTarget":
        return asks
    return asks + [(f"cloudwatch:{name}", "*", {}) for name in ("DescribeAlarms", "PutMetricAlarm", "DeleteAlarms")]


def dynamodb(action, body):
    keys = (body.get("Key") or body.get("Item") or {}).get("key", {})
    return [(arn("dynamodb", f"table/{body['TableName']}"), {"dynamodb:LeadingKeys": list(keys.values())})]


def cloudwatch(action, body):
    names = body.get("AlarmNames") if action == "DescribeAlarms" else None
    return [(arn("cloudwatch", f"alarm:{name}"), {}) for name in names or []] or [("*", {})]


def ses(action, body):
    sender, to = body["FromEmailAddress"], body["Destination"]["ToAddresses"]
    context = {"ses:FromAddress": sender, "ses:Recipients": to}
    resources = [arn("ses", f"identity/{name}") for name in [sender, *to]]
    return [(resource, context) for resource in [*resources, arn("ses", "configuration-set/default")]]


def sns(action, body):
    return [(body["TopicArn"], {})]


ASKED = {
    "ecs": ecs,
    "application-autoscaling": scaling,
    "dynamodb": dynamodb,
    "cloudwatch": cloudwatch,
    "ses": ses,
    "sns": sns,
}


def asks(action, resource, body):
    service, name = action.split(":")
    if service not in ASKED:
        return [(action, resource, {})]
    more = implied(name, body) if service == "application-autoscaling" else []
    return [(action, *ask) for ask in ASKED[service](name, body)] + more


def tell(role, action, resource, context, decision):
    line = {"role": role, "action": action, "resource": resource, "context": context, "decision": decision}
    print(f"RIGHTS {json.dumps(line)}", flush=True)


def body_of(text):
    """JSON, or the form of the query protocol, of which SNS is the one that functions call."""
    try:
        return json.loads(text or b"{}")
    except ValueError:
        return {name: values[0] for name, values in urllib.parse.parse_qs(text.decode()).items()}


def decided(denied):
    """A refusal is one of the policies, or of a key that is not known."""
    return "Allow" if denied is None else getattr(denied, "decision", None) or denied.code


def enforce(key, action, service, region, resource_arn="*", service_context=None):
    """A call by a function: as the one that it takes the place of, but about what AWS asks."""
    if key not in sts._sessions:
        return plain_enforce(key, action, service, region, resource_arn, service_context)
    request = iam_evaluator._signed_request.get()
    body = body_of(request.body) if request else {}
    # The topic refuses what comes without TLS; the functions reach this AWS over plain HTTP on loopback.
    iam_evaluator.pin_request_origin("127.0.0.1", True)
    role = sts._sessions[key]["Arn"].split("/")[1]
    for asked, resource, context in asks(action, resource_arn, body):
        denied = plain_enforce(key, asked, service, region, resource, {**(service_context or {}), **context})
        tell(role, asked, resource, context, decided(denied))
        if denied:
            return denied
    return None


def ask_role(role_arn, action, resource):
    """A call that AWS makes with a role: whether it is allowed."""
    role = role_arn.rsplit("/", 1)[-1]
    account = get_account_id()
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{role}/aws",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    result = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(role, account))
    tell(role, action, resource, {}, result.decision)
    return result.decision == "Allow"


plain_enforce = iam_evaluator.enforce
