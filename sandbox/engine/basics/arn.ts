/** Amazon Resource Names of the sandbox. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */

import { arn, deployedName, type Place, roleArn } from '../../place.ts';
import { StepFunctionsError } from './failure.ts';

/** ARN of the Lambda function with this file name under `functions/`. */
export function functionArn(place: Place, name: string): string {
  return arn(place, 'lambda', `function:emergency-scaling-${name}`);
}

/** ARN of the state machine with this file name under `statemachines/`. */
export function stateMachineArn(place: Place, name: string): string {
  return arn(place, 'states', `stateMachine:${deployedName(place, name)}`);
}

export function executionArn(place: Place, machine: string, name: string): string {
  return arn(place, 'states', `execution:${deployedName(place, machine)}:${name}`);
}

/**
 * Whether the ARNs in the input of a Step Functions call have the form of what they should name.
 * @throws StepFunctionsError InvalidArn
 */
export function checkArns(input: unknown): void {
  if (typeof input !== 'object' || input === null) return;
  for (const kind of ['stateMachine', 'execution']) {
    const given: unknown = Reflect.get(input, `${kind}Arn`);
    if (
      given === undefined ||
      new RegExp(`^arn:aws[\\w-]*:states:[\\w-]+:\\d{12}:${kind}:`).test(String(given))
    )
      continue;
    throw new StepFunctionsError('InvalidArn', `Invalid Arn: '${String(given)}'`);
  }
}

/** ARN of the role under which a state machine runs. */
export function machineRoleArn(place: Place, machine: string): string {
  return roleArn(place, `emergency-scaling-${machine}-states`);
}

/** The function's file name from its ARN, its deployed name or the file name itself. */
export function functionFileName(arnOrName: string): string {
  const name = arnOrName.replace(/^arn:aws[\w-]*:lambda:[^:]*:\d*:function:/, '').replace(/:.*$/, '');
  return name.replace(/^emergency-scaling-/, '');
}

/** The service integrations that the sandbox runs. */
const integrations = [
  'lambda:invoke',
  'lambda:invoke.waitForTaskToken',
  'states:startExecution',
  'states:startExecution.sync:2',
] as const;
export type Integration = (typeof integrations)[number];

/**
 * What a Task's `Resource` asks for: a function by its ARN, or a service integration such as
 * `arn:aws:states:::lambda:invoke.waitForTaskToken`. Source: Step Functions developer guide, "Integrating services".
 */
export type Resource =
  | { kind: 'function'; arn: string; function: string }
  | { kind: 'service'; integration: Integration };

/** Undefined when the resource is neither a Lambda function nor a service integration that the sandbox runs. */
export function parseResource(arn: string): Resource | undefined {
  if (/^arn:aws[\w-]*:lambda:[^:]*:\d*:function:/.test(arn)) {
    return { kind: 'function', arn, function: functionFileName(arn) };
  }
  const integration = integrations.find((one) => arn.replace(/^arn:aws[\w-]*:states:::/, '') === one);
  return integration === undefined ? undefined : { kind: 'service', integration };
}

/** Whether a resource hands out a task token and waits for its answer. */
export function isCallback(resource: Resource | undefined): boolean {
  return resource?.kind === 'service' && resource.integration === 'lambda:invoke.waitForTaskToken';
}
