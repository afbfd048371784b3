import { isCallback, parseResource } from '../basics/arn.ts';
import type { State, TaskState } from '../definition/asl.ts';
import type { LintOptions, LintRule, Problem } from './problem.ts';

/** Errors that Step Functions and its Lambda integration raise. Source: Step Functions developer guide, "Error names". */
const platformErrors = new Set([
  'States.ALL',
  'States.TaskFailed',
  'States.Timeout',
  'States.HeartbeatTimeout',
  'States.DataLimitExceeded',
  'States.Permissions',
  'States.ResultPathMatchFailure',
  'States.ParameterPathFailure',
  'States.BranchFailed',
  'States.NoChoiceMatched',
  'States.IntrinsicFailure',
  'States.ItemReaderFailed',
  'States.ExceedToleratedFailureThreshold',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ResourceNotFoundException',
  'Lambda.ResourceNotReadyException',
  'Lambda.ENINotReadyException',
  'Lambda.EC2ThrottledException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'StepFunctions.ExecutionAlreadyExistsException',
  'StepFunctions.ExecutionLimitExceededException',
]);

/** What one state lacks or says wrongly. `outermost` is false inside a Parallel or a Map, where `End` is the way out. */
export function lintState(
  file: string,
  name: string,
  state: State,
  options: LintOptions,
  outermost: boolean,
): Problem[] {
  const problems: Problem[] = [];
  const report = (rule: LintRule, message: string): void => {
    problems.push({ file, state: name, rule, message });
  };
  if (!state.Comment?.trim()) report('comment', 'has no Comment');
  if (outermost && 'End' in state && state.End)
    report('ending', 'ends the machine; only Succeed and Fail may');
  if (state.Type === 'Choice' && state.Default === undefined) report('default', 'has no Default');
  if (state.Type === 'Fail' && state.Error === undefined && state.ErrorPath === undefined) {
    report('fail-error', 'has neither Error nor ErrorPath');
  }
  for (const error of unknownErrors(state, options.errorNames)) {
    report('error-name', `ErrorEquals has '${error}', which nothing throws`);
  }
  if (state.Type === 'Task') lintTask(`${file}/${name}`, state, options, report);
  return problems;
}

function unknownErrors(state: State, errorNames: readonly string[]): string[] {
  const lists = [
    ...('Retry' in state ? (state.Retry ?? []) : []),
    ...('Catch' in state ? (state.Catch ?? []) : []),
  ];
  const names = lists.flatMap(({ ErrorEquals }) => ErrorEquals);
  return [...new Set(names)].filter((name) => !platformErrors.has(name) && !errorNames.includes(name));
}

function lintTask(
  path: string,
  state: TaskState,
  { withoutRetry = [], withoutCatch = [] }: LintOptions,
  report: (rule: LintRule, message: string) => void,
): void {
  if (state.TimeoutSeconds === undefined && state.TimeoutSecondsPath === undefined) {
    report('timeout', 'has neither TimeoutSeconds nor TimeoutSecondsPath');
  }
  if (!state.Retry?.length && !withoutRetry.includes(path)) report('retry', 'has no Retry');
  for (const { ErrorEquals, JitterStrategy, MaxDelaySeconds, MaxAttempts } of state.Retry ?? []) {
    if (MaxAttempts === 0 || (JitterStrategy === 'FULL' && MaxDelaySeconds !== undefined)) continue;
    report('backoff', `retries ${ErrorEquals.join(', ')} without JitterStrategy FULL or MaxDelaySeconds`);
  }
  if (!state.Catch?.length && !withoutCatch.includes(path)) report('catch', 'has no Catch');
  if (state.Catch?.length && !state.Catch.at(-1)?.ErrorEquals.includes('States.ALL'))
    report('catch-all', 'does not end its Catch with States.ALL');
  const usesToken = JSON.stringify(state.Parameters ?? null).includes('$$.Task.Token');
  const callback = isCallback(parseResource(state.Resource));
  if (callback && !usesToken) report('callback', 'waits for a task token that it does not pass on');
  if (!callback && usesToken) report('callback', 'passes a task token without waiting for it');
}
