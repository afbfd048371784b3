import type { AwsError } from '../errors.ts';
import type { Output } from '../input.ts';
import type { WireResponse } from '../wire.ts';

/** One request, understood: which call it is, its input, and how its answer is written. */
export interface ParsedCall {
  service: string;
  operation: string;
  input: unknown;
  /** Why the input can't be read: what the call is answered. */
  fault?: AwsError;
  /** How the protocol names an operation that there is not. */
  unknownOperation: string;
  encode(output: Output): WireResponse;
  encodeError(error: Error & { status: number }): WireResponse;
}

/** What reads a protocol's body, or says why it can't. */
export function readInput(read: () => unknown, fault: () => AwsError): Pick<ParsedCall, 'input' | 'fault'> {
  try {
    return { input: read() };
  } catch {
    return { input: {}, fault: fault() };
  }
}
