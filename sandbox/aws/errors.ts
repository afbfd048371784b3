/** An error as AWS answers it: name on the wire, message and HTTP status. */
export class AwsError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/**
 * The client gave up waiting. The name is the one that the SDK's own HTTP handler uses, so that the SDK's retry
 * strategy classifies it as a transient error.
 */
export class WireTimeout extends Error {
  override readonly name = 'TimeoutError';
}

/** Whether a thrown value is meant as an AWS answer; parts mounted from outside bring their own error classes. */
export function isAwsAnswer(error: unknown): error is Error & { status: number } {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}
