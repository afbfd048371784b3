/**
 * How a state can fail: Step Functions' pair of error name and cause, which Retry and Catch match.
 * Source: Step Functions developer guide, "Handling errors in Step Functions workflows".
 */
export class StateFailure extends Error {
  readonly error: string;
  /** Absent for time-outs, as in AWS's own histories. */
  readonly reason: string | undefined;
  /** A second name that ErrorEquals may use for the same failure. */
  readonly alias: string | undefined;

  constructor(error: string, reason?: string, alias?: string) {
    super(reason === undefined ? error : `${error}: ${reason}`);
    this.name = 'StateFailure';
    this.error = error;
    this.reason = reason;
    this.alias = alias;
  }
}

/** A flow was told to end because its execution or its sibling branch ended. Never matched by Retry or Catch. */
export class Interrupted extends Error {
  constructor() {
    super('The execution or the branch has ended');
    this.name = 'Interrupted';
  }
}

/** An error of the Step Functions API: `name` and `message` as on the wire, HTTP status 400. */
export class StepFunctionsError extends Error {
  readonly status = 400;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Largest input or output of a state, bytes of UTF-8 (256 KiB). Source: Step Functions service quotas. */
export const payloadLimit = 262_144;

/** Throws `States.DataLimitExceeded` when JSON text is larger than Step Functions carries. `what` is a state or task. */
export function checkPayload(what: string, text: string): void {
  // No character takes more than three bytes.
  if (text.length * 3 <= payloadLimit || Buffer.byteLength(text) <= payloadLimit) return;
  throw new StateFailure(
    'States.DataLimitExceeded',
    `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
