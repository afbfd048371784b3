/** One thing that is wrong with a definition. */
export interface Problem {
  /** File name, for example `scale-in.yml`. */
  file: string;
  /** Name of the state; empty when the definition as a whole is meant. */
  state: string;
  rule: LintRule;
  message: string;
}

export type LintRule =
  | 'asl' // the States Language itself, as asl-validator checks it
  | 'timeout' // every Task limits its time
  | 'retry' // every Task has Retry, or is excused
  | 'backoff' // every Retry spreads its attempts, up to a longest delay
  | 'catch' // every Task has Catch, or is excused
  | 'catch-all' // whatever is not caught by name is caught, too
  | 'callback' // a callback Task passes its token
  | 'comment' // every state says what it is for
  | 'default' // every Choice has a Default
  | 'fail-error' // every Fail names its error
  | 'ending' // a machine ends only in Succeed or Fail
  | 'error-name' // ErrorEquals lists only errors that exist
  | 'unknown-state' // a transition leads nowhere
  | 'unreachable';

export interface LintOptions {
  /** Error names that functions throw; those of Step Functions and Lambda are known. */
  errorNames: readonly string[];
  /** States, as `file.yml/State name`, whose Task needs no Retry. */
  withoutRetry?: readonly string[];
  /** States, as `file.yml/State name`, whose Task needs no Catch. */
  withoutCatch?: readonly string[];
}
