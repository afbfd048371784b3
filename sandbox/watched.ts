import type { ServiceSettings } from './aws/wire.ts';

/** What the run has seen beside what the sandbox keeps. */
export interface Watched {
  /** When the run was set off: the alarm's transition, or the delivery of the input. */
  setOffAt?: number;
  before?: ServiceSettings;
  peak?: ServiceSettings;
}
