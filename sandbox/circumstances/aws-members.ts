import { ScalingPolicy$ } from '@aws-sdk/client-application-auto-scaling';
import { Service$, Task$, TaskStopCode } from '@aws-sdk/client-ecs';
import { InvalidInputError } from '../../shared/core/errors.ts';
import type { Output } from '../aws/input.ts';
import type { ShownTask } from '../aws/shown.ts';
import { isObject, shaped } from './aws-shape.ts';

/** What the sandbox plays itself: in the pasted answer of a real service these say nothing about the simulated one. */
const played: readonly string[] = [
  'serviceArn',
  'serviceName',
  'clusterArn',
  'status',
  'desiredCount',
  'runningCount',
  'pendingCount',
  'taskDefinition',
  'taskSets',
  'deployments',
  'events',
  'createdAt',
  'createdBy',
];

/**
 * Members of a service: some by hand, or the whole answer of DescribeServices or one service of it, of which those count
 * that the sandbox does not play itself. @throws InvalidInputError that names every faulty member
 */
export function serviceMembersOf(given: unknown): Output {
  const pasted = unwrapped(given, 'services');
  const [service, path] = pasted ? [pasted[0], 'servicePatch.services.0'] : [given, 'servicePatch'];
  if (pasted && pasted.length !== 1) refuse([`servicePatch.services: must hold one service`]);
  const { value, faults } = shaped(Service$, service, path);
  refuse(faults);
  if (!isObject(value)) return {};
  const whole = 'serviceArn' in value && 'deployments' in value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !(whole && played.includes(name))));
}

/**
 * Stopped tasks as DescribeTasks answers them, in a list or in its whole answer.
 * @throws InvalidInputError that names every faulty member
 */
export function stoppedTasksOf(given: unknown): ShownTask[] {
  const pasted = unwrapped(given, 'tasks');
  const tasks = pasted ?? given;
  if (!Array.isArray(tasks)) throw faulty([`stoppedTasks: expected array, received ${typeof tasks}`]);
  return tasks.map((task: unknown, index) =>
    stoppedTask(task, `stoppedTasks${pasted ? '.tasks' : ''}.${index}`, index),
  );
}

function stoppedTask(task: unknown, path: string, index: number): ShownTask {
  const { value, faults } = shaped(Task$, task, path);
  if (!isObject(value)) throw faulty(faults);
  const codes: readonly string[] = Object.values(TaskStopCode);
  const { stoppedAt, stopCode, lastStatus, taskArn } = value;
  if (stoppedAt === undefined) faults.push(`${path}.stoppedAt: is missing`);
  if (typeof stopCode === 'string' && !codes.includes(stopCode)) {
    faults.push(`${path}.stopCode: must be one of ${codes.join(', ')}`);
  }
  if (lastStatus !== undefined && lastStatus !== 'STOPPED')
    faults.push(`${path}.lastStatus: must be STOPPED`);
  refuse(faults);
  const id = typeof taskArn === 'string' ? taskArn.slice(taskArn.lastIndexOf('/') + 1) : '';
  return {
    id: id || String(index + 1).padStart(32, '0'),
    stoppedAt: Number(stoppedAt) * 1000,
    members: value,
  };
}

/** A scaling policy as DescribeScalingPolicies answers it, and above what CPU a step policy acts. */
export interface GivenPolicy {
  policy: Output & { PolicyName: string };
  cpuAbovePercent?: number;
}

/** @throws InvalidInputError that names every faulty member */
export function policyOf(given: unknown, index: number): GivenPolicy {
  const path = `policies.${index}`;
  const { cpuAbovePercent, ...rest } = isObject(given) ? given : {};
  const { value, faults } = shaped(ScalingPolicy$, isObject(given) ? rest : given, path);
  if (!isObject(value)) throw faulty(faults);
  const { PolicyName, TargetTrackingScalingPolicyConfiguration, StepScalingPolicyConfiguration } = value;
  if (typeof PolicyName !== 'string' || PolicyName === '') faults.push(`${path}.PolicyName: is missing`);
  if (!TargetTrackingScalingPolicyConfiguration === !StepScalingPolicyConfiguration) {
    faults.push(
      `${path}: needs either TargetTrackingScalingPolicyConfiguration or StepScalingPolicyConfiguration`,
    );
  }
  if (StepScalingPolicyConfiguration && !isPercent(cpuAbovePercent)) {
    faults.push(`${path}.cpuAbovePercent: must be a number from 1 to 100: at what CPU the step policy acts`);
  }
  if (!StepScalingPolicyConfiguration && cpuAbovePercent !== undefined) {
    faults.push(`${path}.cpuAbovePercent: only a step policy has it`);
  }
  refuse(faults);
  return {
    policy: { ...value, PolicyName: String(PolicyName) },
    ...(isPercent(cpuAbovePercent) ? { cpuAbovePercent } : {}),
  };
}

const isPercent = (value: unknown): value is number =>
  typeof value === 'number' && value >= 1 && value <= 100;

/** The list in the answer of a describe call; undefined when it is not one. */
function unwrapped(given: unknown, list: string): unknown[] | undefined {
  const inner = isObject(given) ? given[list] : undefined;
  return Array.isArray(inner) ? inner : undefined;
}

const faulty = (faults: readonly string[]) => new InvalidInputError(faults.join('; '));

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw faulty(faults);
}
