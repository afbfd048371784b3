import { oneLine } from '../../core/plain-text.ts';
import { errorInWords } from '../errors.ts';

/** How a run ended, where no plan or check says so. */
export const runReasons = {
  rejected: ({ by, said }: { by: string; said: string }) => `rejected by ${by}: ${oneLine(said)}`,
  'not-decided': () => 'nobody decided before the approval request expired, or a step took too long',
  /** `error` is its name on the wire, `said` its message. */
  'run-failed': ({ error, said }: { error: string; said: string }) =>
    `${errorInWords(error)}: ${oneLine(said)}`,
  'all-written': ({ tasks }: { tasks: number }) =>
    `everything below is written; the next notice tells when ${tasks} tasks run, or why not`,
  'no-alarm': () => 'no alarm fired',
  'event-not-delivered': () =>
    'the simulated service never came into the state that the event describes, so it was not delivered',
};
