import { InvalidInputError, ServiceNotUsableError } from '../shared/core/errors.ts';
import { withoutControls } from '../shared/core/plain-text.ts';

/** Ends a command after an error: one clear message on stderr; a stack trace only for a fault of our own. */
export function failWith(error: unknown): number {
  if (error instanceof InvalidInputError) {
    process.stderr.write(`${withoutControls(error.message)}\n`);
    return 2;
  }
  if (error instanceof ServiceNotUsableError) {
    process.stderr.write(`${withoutControls(error.message)}\n`);
    return 1;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
