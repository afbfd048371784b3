import { z } from 'zod';
import { deployedName } from '../../place.ts';
import { checkArns, machineRoleArn } from '../basics/arn.ts';
import { StepFunctionsError } from '../basics/failure.ts';
import { parseJson } from '../basics/json.ts';
import type { MachineDefinition } from '../definition/definitions.ts';
import type { Engine } from '../engine.ts';
import { page } from './page.ts';
import { described, listed, seconds, wireEvent } from './wire-answers.ts';

/**
 * The Step Functions API over an engine, for mounting at the X-Amz-Target prefix `AWSStepFunctions`. Takes the operation's
 * name and its parsed input, returns the output to serialize. Throws StepFunctionsError (`name`, `message`, `status` 400).
 * Timestamps are epoch seconds. Source: Step Functions API reference.
 */
export type StepFunctionsApi = (operation: string, input: unknown) => object;

const arn = z.string().min(1).max(256);
const paging = { maxResults: z.int().min(0).max(1000).default(0), nextToken: z.string().min(1).optional() };
const error = z.string().max(256).optional();
const cause = z.string().max(32_768).optional();
const taskToken = z.string().min(1).max(2048);
const status = z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

/** Creates the API. */
export function createStepFunctionsApi(engine: Engine): StepFunctionsApi {
  const operations = new Map<string, (input: unknown) => object>([
    ...executionOperations(engine),
    ...taskOperations(engine),
    ...machineOperations(engine),
  ]);
  return (operation, input) => {
    const answer = operations.get(operation);
    if (answer !== undefined) return answer(input);
    throw new StepFunctionsError('UnknownOperationException', `Operation ${operation} is not supported`);
  };
}

type Operations = [string, (input: unknown) => object][];

/** An operation that reads its input by a schema; a faulty input is a ValidationException. */
function operation<S extends z.ZodType>(
  name: string,
  schema: S,
  answer: (input: z.infer<S>) => object,
): Operations[number] {
  return [
    name,
    (input) => {
      const parsed = schema.safeParse(input ?? {});
      if (!parsed.success) throw new StepFunctionsError('ValidationException', z.prettifyError(parsed.error));
      checkArns(parsed.data);
      return answer(parsed.data);
    },
  ];
}

function executionOperations(engine: Engine): Operations {
  const start = z.object({
    stateMachineArn: arn,
    name: z.string().optional(),
    input: z.string().default('{}'),
  });
  const stop = z.object({ executionArn: arn, error, cause });
  const list = z.object({ stateMachineArn: arn, statusFilter: status.optional(), ...paging });
  const history = z.object({ executionArn: arn, reverseOrder: z.boolean().default(false), ...paging });
  return [
    operation('StartExecution', start, ({ stateMachineArn, name, input }) => {
      const execution = engine.startExecution({ machine: stateMachineArn, name, input: parseInput(input) });
      return { executionArn: execution.arn, startDate: seconds(execution.startDate) };
    }),
    operation('DescribeExecution', z.object({ executionArn: arn }), ({ executionArn }) =>
      described(engine.describeExecution(executionArn)),
    ),
    operation('StopExecution', stop, ({ executionArn, error, cause }) => {
      const { stopDate, startDate } = engine.stopExecution(executionArn, error, cause);
      return { stopDate: seconds(stopDate ?? startDate) };
    }),
    operation('ListExecutions', list, ({ stateMachineArn, statusFilter, maxResults, nextToken }) => {
      const filter = {
        machine: stateMachineArn,
        ...(statusFilter !== undefined && { status: statusFilter }),
      };
      const { items, rest } = page(engine.listExecutions(filter), maxResults || 100, nextToken);
      return { executions: items.map(listed), ...rest };
    }),
    operation('GetExecutionHistory', history, ({ executionArn, reverseOrder, maxResults, nextToken }) => {
      const events = engine.history(executionArn);
      const ordered = reverseOrder ? events.toReversed() : events;
      const { items, rest } = page(ordered, maxResults || 100, nextToken);
      return { events: items.map(wireEvent), ...rest };
    }),
  ];
}

function taskOperations(engine: Engine): Operations {
  const success = z.object({ taskToken, output: z.string() });
  return [
    operation('SendTaskSuccess', success, ({ taskToken, output }) => {
      engine.sendTaskSuccess(taskToken, output);
      return {};
    }),
    operation('SendTaskFailure', z.object({ taskToken, error, cause }), ({ taskToken, error, cause }) => {
      engine.sendTaskFailure(taskToken, error, cause);
      return {};
    }),
    operation('SendTaskHeartbeat', z.object({ taskToken }), ({ taskToken }) => {
      engine.sendTaskHeartbeat(taskToken);
      return {};
    }),
  ];
}

function machineOperations(engine: Engine): Operations {
  // The sandbox has its state machines from its start; there is no other date to give.
  const { place } = engine.definitions;
  const summary = ({ arn, name }: MachineDefinition) => ({
    stateMachineArn: arn,
    name: deployedName(place, name),
    type: 'STANDARD',
    creationDate: seconds(engine.startedAt),
  });
  return [
    operation('ListStateMachines', z.object(paging), ({ maxResults, nextToken }) => {
      const machines = [...engine.definitions.machines.values()];
      const { items, rest } = page(machines, maxResults || 100, nextToken);
      return { stateMachines: items.map(summary), ...rest };
    }),
    operation('DescribeStateMachine', z.object({ stateMachineArn: arn }), ({ stateMachineArn }) => {
      const machine = engine.definitions.find(stateMachineArn);
      if (machine === undefined) {
        throw new StepFunctionsError(
          'StateMachineDoesNotExist',
          `State Machine Does Not Exist: '${stateMachineArn}'`,
        );
      }
      const definition = JSON.stringify(machine.definition);
      const role = machineRoleArn(place, machine.name);
      return { ...summary(machine), status: 'ACTIVE', definition, roleArn: role };
    }),
  ];
}

function parseInput(input: string): unknown {
  try {
    return parseJson(input);
  } catch (error) {
    throw new StepFunctionsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${String(error)}'`,
    );
  }
}
