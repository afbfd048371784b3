/**
 * One class per error name that a state machine matches in `ErrorEquals`. Lambda reports a thrown error by its
 * `name`, so the name is the wire contract; test/statemachines holds the definitions against this list. At the end of the
 * file are the errors with which the state machines themselves end.
 */

/** Base of every error that this product raises on purpose. */
class EmergencyScalingError extends Error {
  override name = 'EmergencyScalingError';
}

/** Input or configuration is faulty. The message names every faulty field and what is allowed. Nothing was written. */
export class InvalidInputError extends EmergencyScalingError {
  override name = 'InvalidInputError';
}

/** Another run holds the service's lock now: this run must not write any more. */
export class LockLostError extends EmergencyScalingError {
  override name = 'LockLostError';
}

/** The record of the service's lock is gone or older than this run's own: nobody knows who may write. The run is held. */
export class LockRecordGoneError extends EmergencyScalingError {
  override name = 'LockRecordGoneError';
}

/** A person changed a setting during the run. The run stops, alerts and keeps what the person set. */
export class ChangedByPersonError extends EmergencyScalingError {
  override name = 'ChangedByPersonError';
}

/** Somebody has turned the switch off: no run writes until it is on again. */
export class SwitchedOffError extends EmergencyScalingError {
  override name = 'SwitchedOffError';
}

/**
 * Others wrote to the same record, time after time, before this step could. Nothing was written; a state machine calls
 * the step again, as it does one that died.
 */
export class WriteConflictError extends EmergencyScalingError {
  override name = 'WriteConflictError';
}

/** AWS throttles this account and Region, and the SDK's own attempts were too few. Waiting helps; nothing was written. */
export class ThrottledError extends EmergencyScalingError {
  override name = 'ThrottledError';
}

/** The ECS service is missing or not ACTIVE. */
export class ServiceNotUsableError extends EmergencyScalingError {
  override name = 'ServiceNotUsableError';
}

/** What the step needs to know could not be read: acting blind is worse than holding. */
export class UnknownStateError extends EmergencyScalingError {
  override name = 'UnknownStateError';
}

/** A write would leave the allowed bounds. Never happens unless a plan is wrong; then nothing is written. */
export class GuardError extends EmergencyScalingError {
  override name = 'GuardError';
}

/** An AWS quota or limit is reached; repeating the call does not help. */
export class LimitReachedError extends EmergencyScalingError {
  override name = 'LimitReachedError';
}

/** A person rejected the approval request. Sent by `approval` as the failure of the callback task. */
export class ApprovalRejectedError extends EmergencyScalingError {
  override name = 'ApprovalRejectedError';
}

/** No mail reached any approver, so nobody could ever approve. */
export class ApprovalNotSentError extends EmergencyScalingError {
  override name = 'ApprovalNotSentError';
}

/** Everything was given back by hand while the request was open. Sent by `approval`: there is nothing left to decide. */
export class RestoredByHandError extends EmergencyScalingError {
  override name = 'RestoredByHandError';
}

export const errorNames: readonly string[] = [
  InvalidInputError,
  LockLostError,
  LockRecordGoneError,
  ChangedByPersonError,
  SwitchedOffError,
  WriteConflictError,
  ThrottledError,
  ServiceNotUsableError,
  UnknownStateError,
  GuardError,
  LimitReachedError,
  ApprovalRejectedError,
  ApprovalNotSentError,
  RestoredByHandError,
].map((ErrorClass) => new ErrorClass().name);

/** Errors of the Fail states of a run that has told people of its end, or leaves that to the run that took over. */
export const toldEnds = [
  'Held',
  'RolledBack',
  'ApprovalRejected',
  'ApprovalExpired',
  'Superseded',
  'NotStarted',
] as const;
export type ToldEnd = (typeof toldEnds)[number];

/** Error of the Fail states of a preflight: something is missing, or nothing is proved. Its own notice says so. */
export const preflightEnd = 'NotReady';

/** Error of the Fail state of a run that could tell nobody: the watcher tells people in its place. */
export const untoldEnd = 'NobodyWasTold';
