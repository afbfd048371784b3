import type { Pluggable } from '@smithy/types';

/** Throws when a write must not be sent again. */
export type Precondition = () => Promise<void>;

/**
 * For a command's middleware: `check` speaks before every repeated attempt. The SDK repeats a write for up to a minute
 * when its answers are lost; whoever took over meanwhile must not be overwritten (invariant 5). The first attempt is
 * the caller's own to check.
 */
export function checkRepeats<Input extends object, Output extends object>(
  check: Precondition | undefined,
): Pluggable<Input, Output> {
  let sent = false;
  return {
    applyToStack(stack) {
      // Of this step, what has a low priority runs inside the retries.
      stack.add(
        (next) => async (request) => {
          if (sent) await check?.();
          sent = true;
          return next(request);
        },
        { name: 'checkRepeats', step: 'finalizeRequest', priority: 'low' },
      );
    },
  };
}
