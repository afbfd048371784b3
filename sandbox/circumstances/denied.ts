import * as v from 'valibot';
import { AwsError } from '../aws/errors.ts';
import type { CallRecord, FaultPlan } from '../aws/wire.ts';

/** A right that a function's role lacks; without `function` every role lacks it. */
export const DeniedCall = v.strictObject({
  action: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9-]+:[A-Z]\w+$/, 'must be an action as IAM names it, such as ecs:UpdateService'),
  ),
  function: v.optional(v.pipe(v.string(), v.regex(/^[a-z-]+$/, 'must be the name of a function'))),
  /** Only for records and parameters whose name begins so. */
  on: v.optional(v.string()),
});
export type DeniedCall = v.InferOutput<typeof DeniedCall>;

/** How services pass on that their caller lacks a right for what they do for it: the call, and the name of the error. */
const passedOn: Readonly<Record<string, readonly [calls: readonly string[], error: string]>> = {
  'cloudwatch:DescribeAlarms': [['PutScalingPolicy'], 'ValidationException'],
  'cloudwatch:PutMetricAlarm': [['PutScalingPolicy'], 'ValidationException'],
  'ecs:DescribeServices': [['RegisterScalableTarget', 'PutScalingPolicy'], 'ValidationException'],
  'ecs:UpdateService': [['RegisterScalableTarget', 'PutScalingPolicy'], 'ValidationException'],
  'kms:Decrypt': [['Publish'], 'KMSAccessDenied'],
  'kms:GenerateDataKey': [['Publish'], 'KMSAccessDenied'],
};

/** Names that are not AccessDeniedException. Source: SNS API, Publish. */
const ownNames: Readonly<Record<string, string>> = { sns: 'AuthorizationError' };

/** IAM's sentence. Source: IAM User Guide, troubleshoot access denied error messages. */
const sentence = (caller: string, action: string, resource: string) =>
  `User: arn:aws:sts::123456789012:assumed-role/emergency-scaling-${caller} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

/** What refuses these calls, on the wire and beside it. */
export function refusals(denied: readonly DeniedCall[]) {
  const lacks = (caller: string, action: string, name = '') =>
    denied.some(
      (one) =>
        one.action === action &&
        (one.function ?? caller) === caller &&
        (one.on === undefined || name.startsWith(one.on)),
    );
  const faults: FaultPlan = ({ caller, service, operation }: Omit<CallRecord, 'error'>) => {
    const action = `${service}:${operation}`;
    const direct = lacks(caller, action)
      ? ([action, ownNames[service] ?? 'AccessDeniedException'] as const)
      : undefined;
    const implied = Object.entries(passedOn).find(
      ([right, [calls]]) => calls.includes(operation) && lacks(caller, right),
    );
    const [right, name] = direct ?? (implied ? ([implied[0], implied[1][1]] as const) : []);
    if (right === undefined || name === undefined) return undefined;
    return { kind: 'error', name, message: sentence(caller, right, '*'), status: 400 };
  };
  const authorize = (caller: string, action: string, name?: string): void => {
    if (lacks(caller, action, name))
      throw new AwsError('AccessDeniedException', sentence(caller, action, name ?? '*'));
  };
  return { faults, authorize };
}
