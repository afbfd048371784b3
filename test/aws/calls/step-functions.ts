import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { calls } from './call.ts';

/** A machine that both AWSs know: it goes on by itself, or waits for an hour. */
export const machine = {
  name: 'differential',
  definition: {
    StartAt: 'Wait?',
    States: {
      'Wait?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.wait', BooleanEquals: true, Next: 'Wait' }],
        Default: 'Note',
      },
      Wait: { Type: 'Wait', Seconds: 3600, Next: 'Done' },
      Note: { Type: 'Pass', Result: { noted: true }, ResultPath: '$.note', Next: 'Done' },
      Done: { Type: 'Succeed' },
    },
  },
};

const arn = (kind: string, name: string) => `arn:aws:states:ap-southeast-1:123456789012:${kind}:${name}`;
const stateMachineArn = arn('stateMachine', machine.name);
const executionArn = (name: string) => arn('execution', `${machine.name}:${name}`);
const missing = arn('stateMachine', 'no-such');
const token = 'bm8gc3VjaCB0b2tlbg==';

export const stepFunctionsCalls = calls({
  'SFN StartExecution': ({ states }) =>
    states.send(new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{"wait":false}' })),
  'SFN StartExecution, to wait': ({ states }) =>
    states.send(new StartExecutionCommand({ stateMachineArn, name: 'two', input: '{"wait":true}' })),
  'SFN StartExecution, same name and input while it runs': ({ states }) =>
    states.send(new StartExecutionCommand({ stateMachineArn, name: 'two', input: '{"wait":true}' })),
  'SFN StartExecution, same name and another input': ({ states }) =>
    states.send(new StartExecutionCommand({ stateMachineArn, name: 'two', input: '{"wait":false}' })),
  'SFN StartExecution, missing machine': ({ states }) =>
    states.send(new StartExecutionCommand({ stateMachineArn: missing })),
  'SFN StartExecution, no ARN': ({ states }) =>
    states.send(new StartExecutionCommand({ stateMachineArn: 'no ARN' })),
  'SFN StartExecution, input that is no JSON': ({ states }) =>
    states.send(new StartExecutionCommand({ stateMachineArn, input: '{' })),
  'SFN DescribeExecution, running': ({ states }) =>
    states.send(new DescribeExecutionCommand({ executionArn: executionArn('two') })),
  'SFN DescribeExecution, missing': ({ states }) =>
    states.send(new DescribeExecutionCommand({ executionArn: executionArn('no-such') })),
  'SFN DescribeExecution, no ARN': ({ states }) =>
    states.send(new DescribeExecutionCommand({ executionArn: 'no ARN' })),
  'SFN GetExecutionHistory, running': ({ states }) =>
    states.send(new GetExecutionHistoryCommand({ executionArn: executionArn('two') })),
  'SFN StopExecution': ({ states }) =>
    states.send(
      new StopExecutionCommand({ executionArn: executionArn('two'), error: 'Stopped', cause: 'a test' }),
    ),
  'SFN StopExecution, missing': ({ states }) =>
    states.send(new StopExecutionCommand({ executionArn: executionArn('no-such') })),
  'SFN DescribeExecution, stopped': ({ states }) =>
    states.send(new DescribeExecutionCommand({ executionArn: executionArn('two') })),
  'SFN DescribeExecution, succeeded': ({ states }) =>
    states.send(new DescribeExecutionCommand({ executionArn: executionArn('one') })),
  'SFN GetExecutionHistory, succeeded': ({ states }) =>
    states.send(new GetExecutionHistoryCommand({ executionArn: executionArn('one') })),
  'SFN GetExecutionHistory, missing': ({ states }) =>
    states.send(new GetExecutionHistoryCommand({ executionArn: executionArn('no-such') })),
  'SFN ListExecutions': ({ states }) => states.send(new ListExecutionsCommand({ stateMachineArn })),
  'SFN ListExecutions, by status': ({ states }) =>
    states.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'ABORTED' })),
  'SFN ListExecutions, missing machine': ({ states }) =>
    states.send(new ListExecutionsCommand({ stateMachineArn: missing })),
  'SFN ListStateMachines': ({ states }) => states.send(new ListStateMachinesCommand({})),
  'SFN DescribeStateMachine, missing': ({ states }) =>
    states.send(new DescribeStateMachineCommand({ stateMachineArn: missing })),
  'SFN SendTaskSuccess, unknown token': ({ states }) =>
    states.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' })),
  'SFN SendTaskFailure, unknown token': ({ states }) =>
    states.send(new SendTaskFailureCommand({ taskToken: token, error: 'E', cause: 'c' })),
  'SFN SendTaskHeartbeat, unknown token': ({ states }) =>
    states.send(new SendTaskHeartbeatCommand({ taskToken: token })),
  'SFN StartExecution, a blank in the name': ({ states }) =>
    states.send(new StartExecutionCommand({ stateMachineArn, name: 'a b' })),
});
