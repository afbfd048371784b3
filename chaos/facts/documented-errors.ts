/** Errors that AWS documents for each call that this product makes, with their HTTP status. Source: the API references. */

interface DocumentedError {
  name: string;
  status: number;
}

const client = (...names: string[]): DocumentedError[] => names.map((name) => ({ name, status: 400 }));
const server = (...names: string[]): DocumentedError[] => names.map((name) => ({ name, status: 500 }));

const throttled = client('ThrottlingException');
const ecs = [
  ...throttled,
  ...client(
    'ClientException',
    'InvalidParameterException',
    'AccessDeniedException',
    'ClusterNotFoundException',
  ),
  ...server('ServerException'),
];
const scaling = [
  ...throttled,
  ...client('ValidationException', 'ConcurrentUpdateException'),
  ...server('InternalServiceException'),
];
const cloudwatch = [...throttled, ...server('InternalServiceFault')];
const states = [
  ...throttled,
  ...client('InvalidArn', 'AccessDeniedException'),
  ...server('InternalServerError'),
];

/** By `service:Operation`. */
export const documentedErrors: Readonly<Record<string, readonly DocumentedError[]>> = {
  'ecs:UpdateService': [
    ...ecs,
    ...client('ServiceNotFoundException', 'ServiceNotActiveException', 'UnsupportedFeatureException'),
    ...client('PlatformTaskDefinitionIncompatibilityException', 'PlatformUnknownException'),
    ...client('NamespaceNotFoundException'),
  ],
  'ecs:DescribeServices': ecs,
  'ecs:ListTasks': [...ecs, ...client('ServiceNotFoundException')],
  'ecs:DescribeTasks': ecs,
  'ecs:ListServiceDeployments': [
    ...ecs,
    ...client('ServiceNotFoundException', 'UnsupportedFeatureException'),
  ],
  'ecs:DescribeServiceRevisions': ecs,
  'ecs:DescribeTaskDefinition': ecs,
  'ecs:StopServiceDeployment': [
    ...ecs,
    ...client('ConflictException', 'ServiceDeploymentNotFoundException', 'UnsupportedFeatureException'),
  ],
  'application-autoscaling:RegisterScalableTarget': [
    ...scaling,
    ...client('LimitExceededException', 'ResourceNotFoundException'),
  ],
  'application-autoscaling:PutScalingPolicy': [
    ...scaling,
    ...client('LimitExceededException', 'ObjectNotFoundException', 'FailedResourceAccessException'),
  ],
  'application-autoscaling:DeleteScalingPolicy': [...scaling, ...client('ObjectNotFoundException')],
  'application-autoscaling:DescribeScalableTargets': [...scaling, ...client('InvalidNextTokenException')],
  'application-autoscaling:DescribeScalingPolicies': [
    ...scaling,
    ...client('InvalidNextTokenException', 'FailedResourceAccessException'),
  ],
  'application-autoscaling:DescribeScalingActivities': [...scaling, ...client('InvalidNextTokenException')],
  'application-autoscaling:DescribeScheduledActions': [...scaling, ...client('InvalidNextTokenException')],
  'cloudwatch:GetMetricData': [...cloudwatch, ...client('InvalidNextToken')],
  'cloudwatch:DescribeAlarms': [...cloudwatch, ...client('InvalidNextToken')],
  // ExecutionDoesNotExist is left out: AWS says so only of an execution that is gone, and then its lock is free.
  'states:DescribeExecution': states,
  'ecs:DescribeServiceDeployments': [...ecs, ...client('UnsupportedFeatureException')],
  'ecs:ContinueServiceDeployment': [
    ...ecs,
    ...client('ServiceDeploymentNotFoundException', 'UnsupportedFeatureException'),
  ],
  'states:SendTaskSuccess': [...states, ...client('TaskTimedOut', 'InvalidOutput')],
  'states:SendTaskFailure': [...states, ...client('TaskTimedOut')],
  'sns:Publish': [
    { name: 'Throttled', status: 429 },
    { name: 'NotFound', status: 404 },
    { name: 'AuthorizationError', status: 403 },
    ...server('InternalError'),
  ],
  'ses:SendEmail': [
    { name: 'TooManyRequestsException', status: 429 },
    ...client('MessageRejected', 'SendingPausedException', 'AccountSuspendedException'),
    ...server('InternalServiceErrorException'),
  ],
};

/** Calls that change a service's settings. */
export const writingCalls: readonly string[] = [
  'ecs:UpdateService',
  'ecs:StopServiceDeployment',
  'ecs:ContinueServiceDeployment',
  'application-autoscaling:RegisterScalableTarget',
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:DeleteScalingPolicy',
  'application-autoscaling:DeregisterScalableTarget',
  'pgbouncer:SET',
];
